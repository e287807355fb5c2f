using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Tests.Backends;

/// <summary>A client for which streams are opened.</summary>
internal sealed class TestOwner : IStreamOwner
{
    public bool IsBehind
    {
        get
        {
            Looks++;
            return field;
        }
        set;
    }

    /// <summary>How often it was looked at.</summary>
    public int Looks { get; private set; }
}
