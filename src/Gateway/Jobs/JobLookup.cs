using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Jobs;

/// <summary>The outcome of asking for one job.</summary>
/// <param name="Json">The job as JSON; null if there is none.</param>
/// <param name="Code">The reason that there is none; null if there is one, or the backend describes no jobs.</param>
/// <param name="IsDescribed">False if the backend describes no jobs.</param>
internal sealed record JobLookup(ReadOnlyMemory<byte>? Json, ErrorCode? Code, bool IsDescribed)
{
    public static JobLookup Failed(ErrorCode code) => new(null, code, IsDescribed: true);

    public static JobLookup Failed(WatchFault fault) =>
        fault.Kind == WatchFaultKind.Unimplemented ? new JobLookup(null, null, IsDescribed: false) : Failed(JobCatalog.CodeOf(fault));
}
