using System.Net.WebSockets;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// How a session takes leave of its client once it is decided why: what waits is sent where the client is to come back, then the reason is said
/// and answered. Each has a limit; past it, or where nothing can be said, the connection is aborted.
/// </summary>
internal sealed class Farewell(ClientConnection connection, SocketWriter writer, Outbox outbox, TimeProvider time, GatewayMetrics metrics)
    : IDisposable
{
    /// <summary>What waits to be said in answers when a session ends, and the close handshake, may take this long together.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>As the first, where the caller's token has expired: PROTOCOL.md section 9.</summary>
    private static readonly TimeSpan ExpiredLimit = TimeSpan.FromSeconds(2);

    /// <summary>At shutdown, and where an operator asks a client to reconnect, what waits in the queues may take this long: what isn't sent by then is for a resume.</summary>
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource abort = new();

    /// <summary>Cancelled when the connection is aborted: nobody reads or writes it any longer.</summary>
    public CancellationToken Aborted => abort.Token;

    /// <summary>Sends what waits, as far as the client takes it in time.</summary>
    /// <param name="writing">Ends when the outbox is closed and empty, or can't be sent.</param>
    public async Task SendWhatWaitsAsync(Task writing)
    {
        outbox.CloseWhenDrained();
        await IsDoneInTimeAsync(writing, FlushLimit);
    }

    /// <summary>Says why the session ends and waits for the client's own close; aborts what can't be ended so.</summary>
    /// <param name="ended">Why it ends.</param>
    /// <param name="reading">Ends with the client's close.</param>
    /// <param name="writing">Ends when what is left in the closed outbox, the answers, has been sent.</param>
    public async Task TakeLeaveAsync(SessionEnd ended, Task reading, Task writing)
    {
        if (ended.CloseCode is { } code && await IsDoneInTimeAsync(SayAsync(code, reading, writing, Aborted), LimitOf(ended)))
        {
            return;
        }

        metrics.ConnectionAborted(ended.Reason.ToString());
        connection.Abort();
        await abort.CancelAsync();
    }

    public void Dispose() => abort.Dispose();

    private static TimeSpan LimitOf(SessionEnd ended) => ended.Reason == SessionEndReason.Expired ? ExpiredLimit : Limit;

    /// <summary>Says what is left to say, then why, then waits for the client's own close.</summary>
    private async Task SayAsync(CloseCode code, Task reading, Task writing, CancellationToken aborted)
    {
        await writing;
        try
        {
            await writer.CloseAsync(code, aborted);
            if (code == CloseCode.ProtocolError && connection.Stream is { } stream)
            {
                // The library has closed and reads no more; ending the request now would reset the connection and take the close frame with it.
                await stream.DiscardAsync(aborted);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection went away first.
        }

        await reading;
    }

    private async Task<bool> IsDoneInTimeAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
