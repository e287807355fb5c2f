namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The values that the tags of the counters can have, so that every counter is there from the start, at 0.</summary>
internal sealed record TagValues
{
    /// <summary>The reasons to refuse a connection.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    /// <summary>The kinds of transports.</summary>
    public required IReadOnlyList<string> Transports { get; init; }

    /// <summary>The reasons why a connection ends.</summary>
    public required IReadOnlyList<string> Ends { get; init; }

    /// <summary>The types of client messages.</summary>
    public required IReadOnlyList<string> Received { get; init; }

    /// <summary>The types of server messages.</summary>
    public required IReadOnlyList<string> Sent { get; init; }

    /// <summary>Those of them that have events.</summary>
    public required IReadOnlyList<string> WithEvents { get; init; }

    /// <summary>The states of a subscription.</summary>
    public required IReadOnlyList<string> States { get; init; }

    /// <summary>The backends' names in the settings.</summary>
    public required IReadOnlyList<string> Backends { get; init; }

    /// <summary>The causes that break a stream.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>The results of a call for jobs.</summary>
    public required IReadOnlyList<string> ListResults { get; init; }
}
