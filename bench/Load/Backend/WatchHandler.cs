using System.IO.Pipelines;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Load.Backend;

/// <summary>One stream: what <c>WatchJob</c> promises, written to the response without a gRPC library, many messages a write.</summary>
internal sealed class WatchHandler(LoadJob job, PipeWriter output, CancellationToken stopped)
{
    private const int BytesAFlush = 64 * 1024;

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);
    private static readonly byte[] Heartbeat = GrpcMessage.Of(new WatchJobResponse { Heartbeat = new Heartbeat() });

    public async Task RunAsync(WatchJobRequest request)
    {
        var head = job.Head;
        Write(
            GrpcMessage.Of(
                new WatchJobResponse
                {
                    Subscribed = new Subscribed { Epoch = "load", LastEventId = head },
                }
            )
        );
        if (request.HasAfterEventId)
        {
            await ReplayAsync(request.AfterEventId + 1, head);
        }

        if (request.HistoryOnly)
        {
            return;
        }

        await output.FlushAsync(stopped);
        await (job.Name.Kind == JobKind.Live ? WriteLiveAsync(head + 1) : FollowAsync(head + 1));
        while (true)
        {
            await Task.Delay(HeartbeatInterval, stopped);
            Write(Heartbeat);
            await output.FlushAsync(stopped);
        }
    }

    private async Task ReplayAsync(long next, long last)
    {
        var content = job.ContentAt(Moment.Now);
        do
        {
            next = GrpcMessage.WriteReplay(output, content, next, last) + 1;
            await output.FlushAsync(stopped);
        } while (next <= last);
    }

    private async Task WriteLiveAsync(long next)
    {
        while (next <= job.Name.Number)
        {
            next = FillBuffer(next);
            job.ReachTo(next - 1);
            await output.FlushAsync(stopped);
        }
    }

    private long FillBuffer(long next)
    {
        var content = job.ContentAt(Moment.Now);
        var most = GrpcMessage.PrefixBytes + content.MostBytes;
        var buffer = output.GetSpan(Math.Max(BytesAFlush, most));
        var length = 0;
        while (next <= job.Name.Number && length + most <= buffer.Length)
        {
            length += GrpcMessage.WriteEvent(buffer[length..], content, next++);
        }

        output.Advance(length);
        return next;
    }

    private async Task FollowAsync(long next)
    {
        while (job.Name is { Kind: JobKind.Rate, Number: > 0 })
        {
            var nextEvent = job.NextEvent;
            if (next > job.Head)
            {
                await nextEvent.WaitAsync(stopped);
            }

            for (var head = job.Head; next <= head; next++)
            {
                Write(job.MessageOf(next));
            }

            await output.FlushAsync(stopped);
        }
    }

    private void Write(byte[] message)
    {
        message.CopyTo(output.GetSpan(message.Length));
        output.Advance(message.Length);
    }
}
