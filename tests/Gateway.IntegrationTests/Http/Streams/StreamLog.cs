using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http.Streams;

/// <summary>A stream as a job's log: each message is a custom event.</summary>
internal sealed class StreamLog(string contentType)
{
    private readonly Lock gate = new();
    private readonly List<JobEvent> events = [];
    private TaskCompletionSource changed = New();
    private bool isClosed;

    public string ContentType => contentType;

    public bool IsClosed
    {
        get
        {
            lock (gate)
            {
                return isClosed;
            }
        }
    }

    /// <summary>The id of the last event.</summary>
    public long Last
    {
        get
        {
            lock (gate)
            {
                return events.Count;
            }
        }
    }

    public void Append(IEnumerable<Value> messages, bool closes)
    {
        lock (gate)
        {
            foreach (var message in messages)
            {
                var jobEvent = Say.Bare(events.Count + 1, events.Count);
                jobEvent.Custom = new CustomEvent
                {
                    EventType = "message",
                    Data = new Struct { Fields = { ["v"] = message } },
                };
                events.Add(jobEvent);
            }

            isClosed |= closes;
            changed.TrySetResult();
            changed = New();
        }
    }

    /// <summary>Serves it, as a correct backend does.</summary>
    public async Task ServeAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken cancelled)
    {
        var (all, next, ended) = Look();
        await stream.WriteAsync(Say.Subscribed(all.Count, ended: ended), cancelled);
        var cursor = (int)(request.HasAfterEventId ? request.AfterEventId : all.Count);
        if (request.HasAfterEventId)
        {
            for (; all.Count - cursor > 400; cursor += 400)
            {
                await stream.WriteAsync(Say.Replay(hasMore: true, [.. all.Skip(cursor).Take(400)]), cancelled);
            }

            await stream.WriteAsync(Say.Replay([.. all.Skip(cursor)]), cancelled);
            cursor = all.Count;
        }

        while (!ended)
        {
            await next.WaitAsync(cancelled);
            (all, next, ended) = Look();
            foreach (var one in all.Skip(cursor))
            {
                await stream.WriteAsync(Say.Live(one), cancelled);
            }

            cursor = all.Count;
        }
    }

    private (List<JobEvent> All, Task Next, bool IsClosed) Look()
    {
        lock (gate)
        {
            return ([.. events], changed.Task, isClosed);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
