using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Tests.Backends;

/// <summary>A client for which streams are opened.</summary>
internal sealed class TestOwner : IStreamOwner
{
    public bool IsBehind { get; set; }
}
