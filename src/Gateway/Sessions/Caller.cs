using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>The identity and rights of a connection's client.</summary>
internal sealed class Caller
{
    /// <summary>A caller without a token, at a gateway that asks for none.</summary>
    public static readonly Caller Anonymous = new();

    /// <summary>The token's subject; null if there is none.</summary>
    public string? Name { get; init; }

    /// <summary>The time the connection must end; null if it may last.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The jobs it may watch; null if the backends alone decide.</summary>
    public IReadOnlyList<WildcardPattern>? Jobs { get; init; }

    /// <summary>The headers that backends get.</summary>
    public CallerHeaders Headers { get; init; } = CallerHeaders.None;

    public bool MayWatch(string jobId) => Jobs?.Any(pattern => pattern.Matches(jobId)) ?? true;
}
