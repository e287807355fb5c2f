namespace OptimizationGateway.JobLogs;

/// <summary>The logs can't be opened: the message says where they are, why, and which setting moves them.</summary>
/// <param name="setting">The setting.</param>
/// <param name="directory">The folder.</param>
/// <param name="cause">The reason.</param>
public sealed class JobLogUnavailableException(string setting, string directory, Exception cause)
    : Exception($"{setting}: the event log in '{directory}' can't be opened: {cause.FirstLine()}", cause);
