namespace OptimizationGateway.Gateway.Sessions;

/// <summary>Who is here, and whether anyone may still come in.</summary>
internal sealed class SessionRegistry : IDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<Task> sessions = [];
    private readonly CancellationTokenSource drain = new();

    /// <summary>Cancelled when sessions have to end.</summary>
    public CancellationToken Drain => drain.Token;

    /// <summary>Whether new sessions are refused.</summary>
    public bool IsDraining => drain.IsCancellationRequested;

    public int Count
    {
        get
        {
            lock (gate)
            {
                return sessions.Count;
            }
        }
    }

    /// <summary>Counts a session in while it runs.</summary>
    public async Task<SessionEnd> RunAsync(Func<CancellationToken, Task<SessionEnd>> run)
    {
        var here = new TaskCompletionSource();
        lock (gate)
        {
            sessions.Add(here.Task);
        }

        try
        {
            return await run(drain.Token);
        }
        finally
        {
            lock (gate)
            {
                sessions.Remove(here.Task);
            }

            here.SetResult();
        }
    }

    /// <summary>Refuses newcomers, asks everyone to leave, and waits until they have.</summary>
    public async Task DrainAsync(CancellationToken giveUp)
    {
        await drain.CancelAsync();
        Task all;
        lock (gate)
        {
            all = Task.WhenAll(sessions);
        }

        await all.WaitAsync(giveUp);
    }

    public void Dispose() => drain.Dispose();
}
