using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>Who is at the other end of a connection, as far as the gateway knows and cares.</summary>
internal sealed class Caller
{
    /// <summary>Somebody who wasn't asked.</summary>
    public static readonly Caller Anonymous = new();

    /// <summary>What its token calls it; null where it has none, or none that says so.</summary>
    public string? Name { get; init; }

    /// <summary>When the connection has to end; null where it may last.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Which jobs it may watch; null where that is the backends' to say alone.</summary>
    public IReadOnlyList<WildcardPattern>? Jobs { get; init; }

    /// <summary>What backends may get of it.</summary>
    public CallerHeaders Headers { get; init; } = CallerHeaders.None;

    public bool MayWatch(string jobId) => Jobs?.Any(pattern => pattern.Matches(jobId)) ?? true;
}
