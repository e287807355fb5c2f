using Grpc.Core;

namespace OptimizationGateway.Testing;

/// <summary>One call to a scripted backend.</summary>
/// <param name="Connection">Which connection it came on.</param>
/// <param name="Headers">Its metadata.</param>
/// <param name="Client">The subject of the caller's certificate; null where it showed none.</param>
public sealed record ScriptedCall(string Connection, Metadata Headers, string? Client)
{
    /// <summary>When it came.</summary>
    public DateTime At { get; } = DateTime.UtcNow;
}
