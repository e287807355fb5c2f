using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>One job's log behind a correct backend, which a test appends to, cuts short, replaces, breaks and holds up.</summary>
internal sealed class JobLog
{
    private const int BatchEvents = 500;

    private readonly Lock gate = new();
    private readonly List<long> ids = [];
    private TaskCompletionSource changed = New();
    private string epoch = Say.Epoch;
    private long cutTo;
    private bool isCompleted;
    private int generation;
    private StatusCode? refusal;
    private StatusCode broken;
    private int streams;

    /// <summary>The number of open streams.</summary>
    public int Streams => Volatile.Read(ref streams);

    /// <summary>The most streams that were open at once.</summary>
    public int MostStreams { get; private set; }

    /// <summary>The bytes that each event has besides.</summary>
    public int Padding { get; init; }

    /// <summary>The id of an event of 100 kB.</summary>
    public long LargeId { get; init; }

    /// <summary>True if events name the event before them.</summary>
    public bool NamesPrevious { get; init; } = true;

    /// <summary>Called with each request before it is looked at; the answer waits for it.</summary>
    public Func<WatchJobRequest, CancellationToken, Task> OnCall { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called before each event that is sent live; the event waits for it.</summary>
    public Func<long, CancellationToken, Task> OnLive { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The id of the newest event.</summary>
    public long Head
    {
        get
        {
            lock (gate)
            {
                return ids.Count == 0 ? cutTo : ids[^1];
            }
        }
    }

    /// <summary>The ids of all events above a cursor.</summary>
    public List<long> After(long cursor)
    {
        lock (gate)
        {
            return [.. ids.Where(id => id > cursor)];
        }
    }

    /// <summary>Appends so many events.</summary>
    /// <param name="count">The number.</param>
    /// <param name="step">The distance between their ids.</param>
    /// <returns>The id of the last one.</returns>
    public long Append(int count, int step = 1)
    {
        Change(() =>
        {
            for (var i = 0; i < count; i++)
            {
                ids.Add((ids.Count == 0 ? cutTo : ids[^1]) + step);
            }
        });
        return Head;
    }

    /// <summary>Appends the event that ends the job.</summary>
    public long Complete()
    {
        Change(() =>
        {
            ids.Add((ids.Count == 0 ? cutTo : ids[^1]) + 1);
            isCompleted = true;
        });
        return Head;
    }

    /// <summary>Removes the events up to an id.</summary>
    public void Cut(long upTo) =>
        Change(() =>
        {
            ids.RemoveAll(id => id <= upTo);
            cutTo = upTo;
        });

    /// <summary>Begins another log in place of this one. Open streams break.</summary>
    public void Reset(string newEpoch, int events)
    {
        Change(() =>
        {
            (epoch, cutTo, isCompleted) = (newEpoch, 0, false);
            ids.Clear();
            ids.AddRange(Enumerable.Range(1, events).Select(i => (long)i));
            (generation, broken) = (generation + 1, StatusCode.Unavailable);
        });
    }

    /// <summary>Breaks all open streams, and refuses new ones until <see cref="Admit"/> if there is a code to do so.</summary>
    public void Break(StatusCode? refuse = null, StatusCode with = StatusCode.Unavailable) =>
        Change(() => (generation, broken, refusal) = (generation + 1, with, refuse));

    /// <summary>Takes new streams again.</summary>
    public void Admit() => Change(() => refusal = null);

    /// <summary>Serves it, as a correct backend does.</summary>
    public async Task ServeAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken cancelled)
    {
        var open = Interlocked.Increment(ref streams);
        lock (gate)
        {
            MostStreams = Math.Max(MostStreams, open);
        }

        try
        {
            await OnCall(request, cancelled);
            await ServeFromAsync(request, stream, cancelled);
        }
        finally
        {
            Interlocked.Decrement(ref streams);
        }
    }

    private async Task ServeFromAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken cancelled)
    {
        var now = Look();
        Judge(request, now);
        var cursor = request.HasAfterEventId ? request.AfterEventId : now.Head;
        await stream.WriteAsync(
            Say.Subscribed(now.Head, now.CutTo > 0 ? now.CutTo + 1 : null, ended: now.IsCompleted, epoch: now.Epoch),
            cancelled
        );
        if (request.HasAfterEventId)
        {
            var missed = now.Ids.Where(id => id > cursor).ToList();
            for (var i = 0; i == 0 || i < missed.Count; i += BatchEvents)
            {
                var batch = missed.Skip(i).Take(BatchEvents).Select(id => EventOf(now, id));
                await stream.WriteAsync(Say.Replay(hasMore: i + BatchEvents < missed.Count, [.. batch]), cancelled);
            }
        }

        for (var (began, told) = (now.Generation, now.Head); !now.IsCompleted || told < now.Head; )
        {
            foreach (var id in now.Ids.Where(id => id > told))
            {
                await OnLive(id, cancelled);
                await stream.WriteAsync(Say.Live(EventOf(now, id)), cancelled);
            }

            told = now.Head;
            if (now.IsCompleted)
            {
                return;
            }

            await now.Changed.WaitAsync(cancelled);
            now = Look();
            if (now.Generation != began)
            {
                throw new RpcException(new Status(now.Broken, "broken"));
            }
        }
    }

    private static void Judge(WatchJobRequest request, Log now)
    {
        if (now.Refusal is { } refusal)
        {
            throw new RpcException(new Status(refusal, "refused"));
        }

        if (request.Epoch.Length > 0 && request.Epoch != now.Epoch)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "another log"));
        }

        if (request.HasAfterEventId && request.AfterEventId > 0 && (request.AfterEventId > now.Head || request.AfterEventId < now.CutTo))
        {
            var trailers = new Metadata { { "earliest-event-id", $"{now.CutTo + 1}" }, { "latest-event-id", $"{now.Head}" } };
            throw new RpcException(new Status(StatusCode.OutOfRange, "out of range"), trailers);
        }
    }

    private JobEvent EventOf(Log log, long id)
    {
        var index = log.Ids.IndexOf(id);
        var previous = NamesPrevious ? (index == 0 ? log.CutTo : log.Ids[index - 1]) : (long?)null;
        var isLast = log.IsCompleted && index == log.Ids.Count - 1;
        var jobEvent = isLast ? Say.Completed(id) : Say.Event(id, previous);
        jobEvent.Stage = new string('x', id == LargeId ? 100_000 : Padding);
        return jobEvent;
    }

    private Log Look()
    {
        lock (gate)
        {
            return new Log([.. ids], epoch, cutTo, isCompleted, generation, broken, refusal, changed.Task);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            change();
            (signal, changed) = (changed, New());
        }

        signal.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Log(
        List<long> Ids,
        string Epoch,
        long CutTo,
        bool IsCompleted,
        int Generation,
        StatusCode Broken,
        StatusCode? Refusal,
        Task Changed
    )
    {
        public long Head => Ids.Count == 0 ? CutTo : Ids[^1];
    }
}
