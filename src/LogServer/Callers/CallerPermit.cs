using OptimizationGateway.Hosting.Text;
using OptimizationGateway.LogServer.Append;

namespace OptimizationGateway.LogServer.Callers;

/// <summary>The rights of a caller.</summary>
/// <param name="append">The patterns of jobs that it may append to; null: any.</param>
/// <param name="watch">The patterns of jobs that it may watch; null: any.</param>
internal sealed class CallerPermit(IReadOnlyList<WildcardPattern>? append, IReadOnlyList<WildcardPattern>? watch)
{
    public static readonly CallerPermit Everything = new(append: null, watch: null);

    public bool MayWatch(string jobId) => Allows(watch, jobId);

    /// <exception cref="RefusedException">The caller may not append to the job.</exception>
    public void CheckAppend(string jobId)
    {
        if (!Allows(append, jobId))
        {
            throw new RefusedException(CallerRefusals.MayNotAppend);
        }
    }

    private static bool Allows(IReadOnlyList<WildcardPattern>? patterns, string jobId) =>
        patterns is null || patterns.Any(pattern => pattern.Matches(jobId));
}
