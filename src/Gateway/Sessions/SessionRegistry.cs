namespace OptimizationGateway.Gateway.Sessions;

/// <summary>The sessions that are running.</summary>
internal sealed class SessionRegistry
{
    private readonly Lock gate = new();
    private readonly HashSet<Session> sessions = [];
    private TaskCompletionSource? emptyWaiter;
    private bool isOver;

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

    /// <summary>The bytes that wait in all outboxes.</summary>
    public long QueuedBytes => Here().Sum(session => session.QueuedBytes);

    /// <summary>A snapshot of the running sessions.</summary>
    public IReadOnlyCollection<Session> Here()
    {
        lock (gate)
        {
            return [.. sessions];
        }
    }

    /// <summary>Runs a session and holds it while it runs.</summary>
    public async Task<SessionEnd> RunAsync(Session session)
    {
        lock (gate)
        {
            sessions.Add(session);
            if (isOver)
            {
                session.Drain();
            }
        }

        try
        {
            return await session.RunAsync();
        }
        finally
        {
            lock (gate)
            {
                sessions.Remove(session);
                if (sessions.Count == 0)
                {
                    emptyWaiter?.TrySetResult();
                }
            }
        }
    }

    /// <summary>Drains every session, late ones included, and waits until all have ended.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            isOver = true;
            emptyWaiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var session in sessions)
            {
                session.Drain();
            }

            if (sessions.Count == 0)
            {
                emptyWaiter.TrySetResult();
            }

            return emptyWaiter.Task;
        }
    }
}
