namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>One job's events, in the one order that history and live share.</summary>
internal interface IJobLog
{
    /// <summary>The identity of the log; another one means that ids may have been used again.</summary>
    public string Epoch { get; }

    /// <summary>Reads the bounds and, under the same snapshot, the events after an id: at most one batch of them.</summary>
    public LogPage Read(long afterEventId);

    /// <summary>Waits until there may be an event after the id; false if there was none within the time.</summary>
    public Task<bool> AppendedAsync(long afterEventId, TimeSpan within, CancellationToken token);
}
