namespace OptimizationGateway.Gateway.Sessions;

/// <summary>Who is here.</summary>
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

    /// <summary>How many bytes wait for clients, in all outboxes.</summary>
    public long QueuedBytes => Here().Sum(session => session.QueuedBytes);

    /// <summary>Those who are here at this moment.</summary>
    public IReadOnlyCollection<Session> Here()
    {
        lock (gate)
        {
            return [.. sessions];
        }
    }

    /// <summary>Counts a session in while it runs.</summary>
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

    /// <summary>Asks everyone to leave who is still here, or comes in late, and waits until they have.</summary>
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
