using OptimizationGateway.Hosting.Requests;
using OptimizationGateway.Hosting.Text;
using OptimizationGateway.LogServer.Append;

namespace OptimizationGateway.LogServer.Http;

/// <summary>Reads the job id in a path.</summary>
internal static class JobPath
{
    private const string Prefix = "/jobs/";
    private const string Suffix = "/events";
    private const int MaxLength = 256;

    /// <returns>The job's id; null if the path is written otherwise than <c>/jobs/{jobId}/events</c>.</returns>
    /// <exception cref="RefusedException">What stands there is no job's id.</exception>
    public static string? Read(HttpContext context)
    {
        // As it was sent: the server decodes everything but slashes.
        var path = SentTarget.PathOf(context);
        if (
            path.Length <= Prefix.Length + Suffix.Length
            || !path.StartsWith(Prefix, StringComparison.Ordinal)
            || !path.EndsWith(Suffix, StringComparison.Ordinal)
            || path[Prefix.Length..^Suffix.Length].Contains('/', StringComparison.Ordinal)
        )
        {
            return null;
        }

        var jobId = PercentEncoding.Decode(path[Prefix.Length..^Suffix.Length]) ?? throw Fault("must be percent-encoded UTF-8.");
        return jobId.Length is > 0 and <= MaxLength && !jobId.Any(char.IsControl)
            ? jobId
            : throw Fault($"must have 1 to {MaxLength} characters, and no control characters.");
    }

    private static RefusedException Fault(string rule) => new(Refusal.Invalid($"The job id in the path {rule}"));
}
