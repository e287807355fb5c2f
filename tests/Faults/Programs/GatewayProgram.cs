using OptimizationGateway.Faults.Proxy;

namespace OptimizationGateway.Faults.Programs;

/// <summary>A gateway, and the proxies that it takes for its backends.</summary>
internal sealed record GatewayProgram(ChildProgram Process, FaultProxy Clock, FaultProxy Stored, FaultProxy Forgetful)
{
    public IEnumerable<FaultProxy> Backends => [Clock, Stored, Forgetful];
}
