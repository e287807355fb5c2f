namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// At shutdown, closes the sockets before the server does: left to itself it waits out its timeout and then resets them, without a word to
/// anyone. They are closed in batches, because every closed client reconnects, to this gateway's successor or to its neighbours.
/// </summary>
internal sealed class SessionDrain(
    Admission admission,
    SessionRegistry sessions,
    DrainOptions options,
    TimeProvider time,
    ILogger<Session> logger
) : IHostedLifecycleService
{
    /// <summary>The size of a batch: few enough clients that no server notices their reconnects.</summary>
    private const int SmallestBatch = 25;

    /// <summary>The shortest time between batches; a finer one makes no difference to the servers that clients reconnect to.</summary>
    private const int MostBatches = 100;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        admission.Close();
        try
        {
            await CloseInBatchesAsync(options.Time, cancellationToken);
            await sessions.DrainAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The time is up: the server resets the remaining connections.
            SessionLog.DrainGivenUp(logger, sessions.Count);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>All batches except the last, which is all the rest.</summary>
    private async Task CloseInBatchesAsync(TimeSpan drainTime, CancellationToken giveUp)
    {
        var count = sessions.Count;
        var batches = Math.Min((count + SmallestBatch - 1) / SmallestBatch, MostBatches);
        if (count > 0)
        {
            SessionLog.Draining(logger, count, batches);
        }

        for (var left = batches; left > 1 && sessions.Count > 0; left--)
        {
            var waiting = sessions.Here().Where(session => !session.IsEnding).ToList();
            foreach (var session in waiting.Take((waiting.Count + left - 1) / left))
            {
                session.Drain();
            }

            await Task.Delay(drainTime / batches, time, giveUp);
        }
    }
}
