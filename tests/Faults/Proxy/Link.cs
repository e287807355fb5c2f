using System.Net;
using System.Net.Sockets;

namespace OptimizationGateway.Faults.Proxy;

/// <summary>One connection through a proxy: two sockets, and a pump for each way.</summary>
internal sealed class Link(Socket near, Socket far, IPEndPoint target, Lane up, Lane down) : IDisposable
{
    // Small, so that a limit of bytes a second is met at about that pace.
    private const int ChunkBytes = 8 * 1024;

    private readonly CancellationTokenSource ended = new();
    private readonly bool[] isLost = new bool[2];
    private int forwarded;
    private int isBroken;

    public IPEndPoint Target => target;

    /// <summary>Whether its sides can no longer reach each other, both ways or one, though neither was told.</summary>
    public bool IsHalfOpen => isLost[0] || isLost[1];

    /// <summary>Bytes that were passed on so far.</summary>
    public int Forwarded => Volatile.Read(ref forwarded);

    /// <summary>Carries bytes until both ways have ended.</summary>
    public async Task RunAsync()
    {
        await Task.WhenAll(PumpAsync(near, far, Direction.Up, up), PumpAsync(far, near, Direction.Down, down));
    }

    public void Dispose()
    {
        near.Dispose();
        far.Dispose();
        ended.Dispose();
    }

    /// <summary>Ends it for both sides: as a program does that exits, or with a reset.</summary>
    public void Break(bool reset)
    {
        // The first says how: the pumps meet an error of their own when the sockets close.
        if (Interlocked.Exchange(ref isBroken, 1) == 1)
        {
            return;
        }

        try
        {
            if (reset)
            {
                near.LingerState = far.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            else
            {
                // To close a socket that is still being read resets it; the pumps end, and then it is closed.
                near.Shutdown(SocketShutdown.Both);
                far.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // One of its sides ended it at the same time.
        }

        End();
    }

    private void End()
    {
        try
        {
            ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Both ways have ended already.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Direction direction, Lane lane)
    {
        var buffer = new byte[ChunkBytes];
        int? left = null;
        try
        {
            while (true)
            {
                await WhilePausedAsync(lane, () => from.Available > 0);
                var read = await from.ReceiveAsync(buffer, ended.Token);
                await WhilePausedAsync(lane, () => read > 0);
                if (lane.Conditions.IsBlackHole && !isLost[(int)direction])
                {
                    isLost[(int)direction] = true;
                    lane.Feel();
                }

                if (isLost[(int)direction])
                {
                    if (read == 0)
                    {
                        return;
                    }

                    continue;
                }

                if (read == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                await HoldAsync(lane, read);
                left = lane.Conditions.ResetAfterBytes is { } budget ? left ?? budget : null;
                var allowed = Math.Min(read, left ?? read);
                await SendAsync(to, buffer.AsMemory(0, allowed));
                left -= allowed;
                if (left == 0)
                {
                    lane.Feel();
                    Break(reset: true);
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // What the one side did to the connection the other learns, unless nothing gets through that way.
            if (!isLost[(int)direction])
            {
                Break(reset: e is SocketException);
            }
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await to.SendAsync(bytes, ended.Token);
            bytes = bytes[sent..];
            Interlocked.Add(ref forwarded, sent);
        }
    }

    private async Task WhilePausedAsync(Lane lane, Func<bool> isWaitedFor)
    {
        while (lane.Conditions.IsPaused)
        {
            var changed = lane.Changed;
            if (lane.Conditions.IsPaused)
            {
                await changed.WaitAsync(ended.Token);
                if (isWaitedFor())
                {
                    lane.FeelPause();
                }
            }
        }
    }

    private async Task HoldAsync(Lane lane, int bytes)
    {
        // Taken first: what changes from here on ends the wait.
        var changed = lane.Changed;
        var conditions = lane.Conditions;
        var hold = lane.NextDelay();
        if (conditions.BytesPerSecond is { } rate)
        {
            hold += TimeSpan.FromSeconds((double)bytes / rate);
        }

        if (hold > TimeSpan.Zero)
        {
            lane.Feel();

            // Fair weather ends the wait.
            await Task.WhenAny(Task.Delay(hold, ended.Token), changed);
            ended.Token.ThrowIfCancellationRequested();
        }
    }
}
