using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Testing;

/// <summary>The one log that replicas of a backend have: every job has the same events, and more whenever a test says so.</summary>
public sealed class SharedLog
{
    private readonly Lock gate = new();
    private TaskCompletionSource appended = New();
    private long last;

    /// <summary>Serves it, as a correct backend does.</summary>
    public async Task ServeAsync(
        WatchJobRequest request,
        Grpc.Core.IServerStreamWriter<WatchJobResponse> stream,
        CancellationToken cancelled
    )
    {
        var (head, next) = Look();
        var cursor = request.HasAfterEventId ? request.AfterEventId : head;
        await stream.WriteAsync(Say.Subscribed(head), cancelled);
        if (request.HasAfterEventId)
        {
            await stream.WriteAsync(Say.Replay(Say.Events(cursor + 1, head)), cancelled);
            cursor = head;
        }

        while (true)
        {
            foreach (var jobEvent in Say.Events(cursor + 1, head))
            {
                await stream.WriteAsync(Say.Live(jobEvent), cancelled);
            }

            cursor = head;
            await next.WaitAsync(cancelled);
            (head, next) = Look();
        }
    }

    /// <summary>Every job has so many events more.</summary>
    /// <returns>The id of the last.</returns>
    public long Append(int count)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            last += count;
            (signal, appended) = (appended, New());
        }

        signal.SetResult();
        return last;
    }

    private (long Last, Task Next) Look()
    {
        lock (gate)
        {
            return (last, appended.Task);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
