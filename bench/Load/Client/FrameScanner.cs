using System.Buffers.Binary;
using System.Text;

namespace OptimizationGateway.Load.Client;

/// <summary>
/// Reads a server's WebSocket bytes, or those of an event stream, as they come. It counts events by the member <c>"id":</c>, which nothing else in a message is called, and
/// checks that ids are contiguous. It parses no JSON, so that it costs less than any sender.
/// </summary>
/// <param name="cursor">The id of the event that the viewer has; null to take it from <c>subscribed</c>.</param>
/// <param name="latencies">The histogram of the time since the event's <c>"at":</c>; null to leave it alone.</param>
internal sealed class FrameScanner(long? cursor, Latencies? latencies)
{
    private const int Text = 1;
    private const int Continuation = 0;
    private const int Close = 8;
    private const int Ping = 9;

    private Sought sought = Sought.Subscribed;
    private long left;
    private int opcode;

    private enum Sought
    {
        Subscribed,
        LastEventId,
        EventId,
        EventMoment,
    }

    /// <summary>The number of events.</summary>
    public long Events { get; private set; }

    /// <summary>The number of events whose id isn't one more than the last one's.</summary>
    public long Gaps { get; private set; }

    /// <summary>The id of the last event, or the cursor.</summary>
    public long? LastId { get; private set; } = cursor;

    /// <summary>The newest event when the viewer subscribed; null until <c>subscribed</c> has come.</summary>
    public long? Head { get; private set; }

    /// <summary>The last <c>error</c> message.</summary>
    public string? Error { get; private set; }

    /// <summary>True once the server has sent a close frame.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The payload of a ping that awaits its pong.</summary>
    public byte[]? PingPayload { get; set; }

    /// <summary>Says that no frames come, but a text without an end and without <c>subscribed</c>.</summary>
    public void BeginText() => (opcode, left, sought, Head) = (Text, long.MaxValue, Sought.EventId, LastId ?? 0);

    /// <returns>The number of bytes that were read. The others have to come again, with more behind them.</returns>
    public int Scan(ReadOnlySpan<byte> bytes, long now)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (left == 0 && !TryReadHead(bytes, ref at))
            {
                break;
            }

            var part = bytes.Slice(at, (int)Math.Min(left, bytes.Length - at));
            var isEnd = part.Length == left;
            var taken = opcode is Text or Continuation ? ScanText(part, isEnd, now) : ReadControl(part, isEnd);
            at += taken;
            left -= taken;
            if (taken < part.Length)
            {
                break;
            }
        }

        return at;
    }

    private bool TryReadHead(ReadOnlySpan<byte> bytes, ref int at)
    {
        var head = bytes[at..];
        if (head.Length < 2)
        {
            return false;
        }

        var length = head[1] & 0x7f;
        var size = length switch
        {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        if (head.Length < size)
        {
            return false;
        }

        opcode = head[0] & 0x0f;
        left = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(head[2..]),
            _ => length,
        };
        at += size;
        return true;
    }

    private int ReadControl(ReadOnlySpan<byte> part, bool isEnd)
    {
        if (!isEnd)
        {
            return 0;
        }

        IsClosed |= opcode == Close;
        PingPayload = opcode == Ping ? part.ToArray() : PingPayload;
        return part.Length;
    }

    private int ScanText(ReadOnlySpan<byte> part, bool isEnd, long now)
    {
        if (part.StartsWith("{\"type\":\"error\""u8))
        {
            Error = Encoding.UTF8.GetString(part);
        }

        var at = 0;
        while (true)
        {
            var name = NameOf(sought);
            var found = part[at..].IndexOf(name);
            if (found < 0)
            {
                return isEnd ? part.Length : Math.Max(at, part.Length - name.Length + 1);
            }

            var start = at + found;
            at = start + name.Length;
            if (sought == Sought.Subscribed)
            {
                sought = Sought.LastEventId;
                continue;
            }

            var number = 0L;
            for (; at < part.Length && part[at] is >= (byte)'0' and <= (byte)'9'; at++)
            {
                number = (number * 10) + part[at] - '0';
            }

            if (at == part.Length && !isEnd)
            {
                return start;
            }

            Take(number, now);
        }
    }

    private static ReadOnlySpan<byte> NameOf(Sought sought) =>
        sought switch
        {
            Sought.Subscribed => "\"subscribed\""u8,
            Sought.LastEventId => "\"lastEventId\":"u8,
            Sought.EventId => "\"id\":"u8,
            _ => "\"at\":"u8,
        };

    private void Take(long number, long now)
    {
        switch (sought)
        {
            case Sought.LastEventId:
                Head = number;
                LastId ??= number;
                sought = Sought.EventId;
                break;
            case Sought.EventId:
                Events++;
                Gaps += LastId is null || number == LastId + 1 ? 0 : 1;
                LastId = number;
                sought = latencies is null ? Sought.EventId : Sought.EventMoment;
                break;
            default:
                latencies!.Add(now - number);
                sought = Sought.EventId;
                break;
        }
    }
}
