using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>The bounds of a job's log at one moment and a batch of its events, oldest first. Ids have no gaps.</summary>
/// <param name="EarliestId">The oldest id that is left; one above <paramref name="LatestId"/> where there is no event.</param>
/// <param name="LatestId">The newest id; 0: no event yet.</param>
/// <param name="Ended">True if the newest event is the job's last.</param>
/// <param name="Events">At most <see cref="MaxEvents"/> and <see cref="MaxBytes"/>.</param>
internal sealed record LogPage(long EarliestId, long LatestId, bool Ended, IReadOnlyList<JobEvent> Events)
{
    /// <summary>The contract's limit for one replay.</summary>
    public const int MaxEvents = 500;

    /// <summary>1 MiB, less the bytes that a replay adds to its events: 8 an event are plenty.</summary>
    public const int MaxBytes = (1024 * 1024) - (8 * MaxEvents);
}
