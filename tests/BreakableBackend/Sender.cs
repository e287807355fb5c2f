using System.Threading.Channels;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary>How messages go out: each when the one before has been taken, unless that is what is broken.</summary>
internal sealed class Sender : IAsyncDisposable
{
    private const int FewMessages = 2;
    private const int LiveMessages = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly IServerStreamWriter<WatchJobResponse> stream;
    private readonly BreakableHost host;
    private readonly Channel<WatchJobResponse>? queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pumping = Task.CompletedTask;

    public Sender(IServerStreamWriter<WatchJobResponse> stream, BreakableHost host)
    {
        this.stream = stream;
        this.host = host;
        queue = host.Fault switch
        {
            Fault.UnboundedQueue => Channel.CreateUnbounded<WatchJobResponse>(),
            Fault.StuckReaderLosesEvents => Channel.CreateBounded<WatchJobResponse>(FewMessages),
            Fault.StuckReaderLosesLiveEvents => Channel.CreateBounded<WatchJobResponse>(LiveMessages),
            _ => null,
        };
        pumping = queue is null ? Task.CompletedTask : PumpAsync(queue.Reader);
    }

    public async Task SendAsync(WatchJobResponse message, CancellationToken token)
    {
        if (host.Fault == Fault.StuckReaderLosesEvents)
        {
            // The mistake: a message that nobody takes in time is dropped, and the next one is tried.
            await Task.WhenAny(queue!.Writer.WaitToWriteAsync(token).AsTask(), Task.Delay(Patience, token));
            queue.Writer.TryWrite(message);
        }
        else if (host.Fault == Fault.StuckReaderLosesLiveEvents)
        {
            if (message.Event is null)
            {
                await stream.WriteAsync(message, token);
            }
            else
            {
                // The mistake: the live feed drops what it has no room for.
                queue!.Writer.TryWrite(message);
            }
        }
        else if (queue is not null)
        {
            await queue.Writer.WriteAsync(message, token);
        }
        else if (host.Fault == Fault.StuckReaderBlocksOthers)
        {
            await host.OneForAll.WaitAsync(token);
            try
            {
                await stream.WriteAsync(message, token);
            }
            finally
            {
                host.OneForAll.Release();
            }
        }
        else
        {
            await stream.WriteAsync(message, token);
        }
    }

    /// <summary>All of it has been taken.</summary>
    public async Task FlushAsync(CancellationToken token)
    {
        queue?.Writer.TryComplete();
        await pumping.WaitAsync(token);
    }

    public async ValueTask DisposeAsync()
    {
        queue?.Writer.TryComplete();
        await stop.CancelAsync();
        await pumping;
        stop.Dispose();
    }

    private async Task PumpAsync(ChannelReader<WatchJobResponse> messages)
    {
        try
        {
            await foreach (var message in messages.ReadAllAsync(stop.Token))
            {
                await stream.WriteAsync(message, stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or RpcException)
        {
            // The watcher has gone.
        }
    }
}
