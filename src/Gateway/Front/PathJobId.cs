using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Hosting.Requests;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Reads the job id in a path.</summary>
internal static class PathJobId
{
    /// <summary>Reads the job id.</summary>
    /// <param name="context">The request.</param>
    /// <param name="suffix">The end of the path, behind the job id.</param>
    /// <returns>The job id, or the reason that it isn't one.</returns>
    public static (string JobId, Refusal? Refusal) Read(HttpContext context, string suffix) =>
        Decode(context, suffix) is not { } jobId ? ("", Invalid("must be percent-encoded UTF-8."))
        : ClientMembers.FaultOfJobId(jobId) is { } fault ? ("", Invalid(fault))
        : (jobId, null);

    /// <summary>Decodes the job id from the path as it was sent: the server decodes everything but slashes.</summary>
    private static string? Decode(HttpContext context, string suffix)
    {
        // Counted from the end: a proxy may have taken a prefix off the path and named it in a header.
        var path = SentTarget.PathOf(context)[..^suffix.Length];
        return PercentEncoding.Decode(path[(path.LastIndexOf('/') + 1)..]);
    }

    private static Refusal Invalid(string fault) => Refusal.InvalidRequest with { Text = $"The job id in the path {fault}" };
}
