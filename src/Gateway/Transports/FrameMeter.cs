using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// Follows the frames that a client sends, header by header, and holds each message to its limits: bytes, fragments, and the time from
/// its first byte to its last. The WebSocket above tells none of it: it reports neither where a fragment ends nor that a message has
/// begun whose bytes don't come. It also counts the control frames, which the WebSocket answers by itself and doesn't show.
/// </summary>
/// <remarks>
/// It only watches; what is no WebSocket at all is the library's to refuse. It is fed by the one reader of a socket; only the timer comes
/// from elsewhere. A message that arrives in one piece costs no timer.
/// </remarks>
internal sealed class FrameMeter : IDisposable
{
    private readonly TimeProvider time;
    private readonly int maxBytes;
    private readonly int maxFragments;
    private readonly TimeSpan maxTime;
    private readonly Func<bool> mayControl;
    private readonly Action<CloseCode> onBreach;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly FrameHeader header = new();
    private ulong payloadLeft;
    private long messages;
    private int fragments;
    private ulong bytes;
    private bool isTimed;
    private long began;
    private (long Message, CloseCode Code)? breach;

    /// <param name="maxBytes">The largest message, in bytes.</param>
    /// <param name="maxFragments">Of how many frames a message may consist.</param>
    /// <param name="maxTime">The longest time for a message, or for a control frame between messages.</param>
    /// <param name="mayControl">Called for each control frame: whether the client may send so many.</param>
    /// <param name="onBreach">Called with what to close with where no message will come that the reader could judge.</param>
    public FrameMeter(
        TimeProvider time,
        int maxBytes,
        int maxFragments,
        TimeSpan maxTime,
        Func<bool> mayControl,
        Action<CloseCode> onBreach
    )
    {
        this.time = time;
        this.maxBytes = maxBytes;
        this.maxFragments = maxFragments;
        this.maxTime = maxTime;
        this.mayControl = mayControl;
        this.onBreach = onBreach;
        timer = time.CreateTimer(_ => Expire(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True once there were too many control frames: nothing that follows is worth a look.</summary>
    public bool IsFlooded { get; private set; }

    private bool IsIdle => header.IsEmpty && fragments == 0;

    /// <summary>The close code if the message after the first <paramref name="whole"/> ones broke a limit; otherwise null.</summary>
    public CloseCode? BreachAfter(long whole) => breach is { } found && found.Message == whole ? found.Code : null;

    /// <summary>
    /// Says that the WebSocket needs more bytes. It has then handed on every message before one that breaks a limit, and would wait for as
    /// much of that one as its header says.
    /// </summary>
    public void WantsMore()
    {
        if (breach is { } found)
        {
            onBreach(found.Code);
        }
    }

    /// <summary>Takes note of what has come, before the WebSocket sees it.</summary>
    public void Received(ReadOnlySpan<byte> received)
    {
        lock (gate)
        {
            var begins = IsIdle;
            while (!received.IsEmpty)
            {
                received = received[Follow(received)..];
                begins |= IsIdle;
            }

            if (IsIdle)
            {
                StopTimer();
            }
            else if (begins)
            {
                isTimed = true;
                began = time.GetTimestamp();
                timer.Change(maxTime, Timeout.InfiniteTimeSpan);
            }
        }

        if (IsFlooded)
        {
            onBreach(CloseCode.RateLimited);
        }
    }

    public void Dispose() => timer.Dispose();

    /// <returns>The number of bytes that belong to the header, or to the payload, that was due.</returns>
    private int Follow(ReadOnlySpan<byte> received)
    {
        var taken = 1;
        if (payloadLeft > 0)
        {
            taken = (int)Math.Min(payloadLeft, (ulong)received.Length);
            payloadLeft -= (ulong)taken;
        }
        else
        {
            header.Add(received[0]);
            if (!header.IsWhole)
            {
                return taken;
            }

            BeginFrame();
        }

        if (payloadLeft == 0)
        {
            EndFrame();
        }

        return taken;
    }

    private void BeginFrame()
    {
        payloadLeft = header.PayloadLength;
        if (header.IsControl)
        {
            IsFlooded = IsFlooded || !mayControl();
            return;
        }

        fragments++;
        // A length of nearly 2^64 must not add up to a small one.
        bytes = payloadLeft > (ulong)maxBytes ? payloadLeft : bytes + payloadLeft;
        if (bytes > (ulong)maxBytes)
        {
            breach ??= (messages, CloseCode.MessageTooBig);
        }
        else if (fragments > maxFragments)
        {
            breach ??= (messages, CloseCode.TooManyFragments);
        }
    }

    private void EndFrame()
    {
        if (header is { IsControl: false, IsLast: true })
        {
            messages++;
            fragments = 0;
            bytes = 0;
        }

        header.Clear();
    }

    private void StopTimer()
    {
        if (isTimed)
        {
            isTimed = false;
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire()
    {
        lock (gate)
        {
            // It may have come to its end between the timer's decision and this line, and another have begun.
            var left = maxTime - time.GetElapsedTime(began);
            if (!isTimed || left > TimeSpan.Zero)
            {
                timer.Change(isTimed ? left : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }

            isTimed = false;
        }

        onBreach(CloseCode.MessageTimeout);
    }
}
