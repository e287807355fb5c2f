namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>The event log can't be opened: the message says where it is, why, and which setting moves it.</summary>
internal sealed class LogUnavailableException(string directory, Exception cause)
    : Exception(
        $"{StubOptions.Section}:{nameof(StubOptions.DataDirectory)}: the event log in '{directory}' can't be opened: {cause.Message}",
        cause
    );
