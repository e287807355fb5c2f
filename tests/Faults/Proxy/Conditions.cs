namespace OptimizationGateway.Faults.Proxy;

/// <summary>What a proxy does at present to bytes that go one way.</summary>
internal sealed record Conditions
{
    public static Conditions Fair { get; } = new();

    /// <summary>How long each read is held.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Up to so much is added to <see cref="Delay"/>, at random.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>What a connection carries at the most; null: no limit.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>
    /// Takes everything and passes nothing on, not even an end. A connection that lost bytes so stays lost in this direction when the rest
    /// is well again: half open, until one of its sides gives up.
    /// </summary>
    public bool IsBlackHole { get; init; }

    /// <summary>Doesn't read, so that the sender is held back.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Connections are reset after so many bytes more; null: never.</summary>
    public int? ResetAfterBytes { get; init; }
}
