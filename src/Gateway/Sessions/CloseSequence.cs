using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Ends a connection in order: queued messages are sent if the client is asked to reconnect, then the client is told the
/// end and answers it. Each step has a time limit. After it, or if nothing can be sent, the connection is aborted.
/// </summary>
internal sealed class CloseSequence(IClientTransport transport, Outbox outbox, TimeProvider time, GatewayMetrics metrics) : IDisposable
{
    /// <summary>The longest time for the answers that wait and the close handshake together.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The same if memory is short: a frame that isn't taken holds some.</summary>
    private static readonly TimeSpan ShedLimit = TimeSpan.FromSeconds(1);

    /// <summary>The same if the caller's token has expired: PROTOCOL.md section 9.</summary>
    private static readonly TimeSpan ExpiredLimit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest time for queued messages, at a shutdown or if an operator asks a client to reconnect. The resume sends the rest.
    /// </summary>
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource abort = new();

    /// <summary>Cancelled when the connection is aborted and is no longer read or written.</summary>
    public CancellationToken Aborted => abort.Token;

    /// <summary>Sends queued messages, as far as the client takes them in time.</summary>
    /// <param name="writing">Ends when the outbox is closed and empty, or can't be sent.</param>
    public async Task FlushAsync(Task writing)
    {
        outbox.CloseWhenDrained();
        await IsDoneInTimeAsync(writing, FlushLimit);
    }

    /// <summary>Tells the client the end and waits for its answer; aborts the connection if that fails or takes too long.</summary>
    /// <param name="ended">The reason and the close code.</param>
    /// <param name="reading">Ends with the client's close.</param>
    /// <param name="writing">Ends when the answers that are left in the closed outbox have been sent.</param>
    public async Task CloseAsync(SessionEnd ended, Task reading, Task writing)
    {
        if (ended.CloseCode is { } code && await IsDoneInTimeAsync(SayAsync(code, reading, writing, Aborted), LimitOf(ended)))
        {
            return;
        }

        metrics.ConnectionAborted(ended.Reason.ToString());
        transport.Abort();
        await abort.CancelAsync();
    }

    public void Dispose() => abort.Dispose();

    private static TimeSpan LimitOf(SessionEnd ended) =>
        ended.Reason switch
        {
            SessionEndReason.Expired => ExpiredLimit,
            SessionEndReason.Shed => ShedLimit,
            _ => Limit,
        };

    /// <summary>Sends the answers, then the end, then waits for the client's answer.</summary>
    private async Task SayAsync(CloseCode code, Task reading, Task writing, CancellationToken aborted)
    {
        await writing;
        await transport.CloseAsync(code, aborted);
        await reading;
    }

    private async Task<bool> IsDoneInTimeAsync(Task task, TimeSpan limit)
    {
        // A reader that was sent away seldom answers in time, and many are sent away at once: no exception for each.
        await task.WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!task.IsCompleted)
        {
            return false;
        }

        await task;
        return true;
    }
}
