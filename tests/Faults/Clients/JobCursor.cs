namespace OptimizationGateway.Faults.Clients;

/// <summary>How far a client is with a job: all that it keeps over a reconnect.</summary>
internal sealed class JobCursor(string job, long after = 0, string epoch = "")
{
    public string Job => job;

    public long After { get; set; } = after;

    public string Epoch { get; set; } = epoch;

    /// <summary>The gateway has answered the client's latest subscribe, and the connection is still there.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The job has ended, and the client was told.</summary>
    public bool IsEnded { get; set; }

    /// <summary>The client was told that it can't go on from its cursor.</summary>
    public bool WasRefused { get; set; }

    /// <summary>Live events since the history was read.</summary>
    public int Live { get; set; }
}
