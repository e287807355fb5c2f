using System.Buffers;
using Microsoft.Extensions.ObjectPool;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Buffers;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>The kinds of messages on a watch.</summary>
internal enum WatchMessageKind
{
    /// <summary>A kind that this gateway doesn't know, or an empty message. Ignored.</summary>
    Unknown,
    Subscribed,
    Replay,
    Event,
    Heartbeat,

    /// <summary>Bytes that are no message.</summary>
    Malformed,
}

/// <summary>
/// One message of a stream, read by the gateway's own marshaller. A message that doesn't parse is a value and no broken stream, and a batch
/// whose fifth event is broken still has four good ones.
/// </summary>
/// <remarks>
/// Messages and their bytes are pooled: a stream has many, and never two at once. Its reader gives the last one back before it reads the next.
/// </remarks>
internal sealed class WatchMessage
{
    /// <summary>
    /// The number of events of one batch that are read; a backend may send 500. An empty event costs the backend two bytes and the
    /// gateway far more. The events beyond are asked for again.
    /// </summary>
    private const int MaxEvents = 16 * 1024;

    /// <summary>The most events for which a message that waits to be used again keeps room.</summary>
    private const int KeptEvents = 512;

    private static readonly ObjectPool<WatchMessage> Pool = ObjectPool.Create<WatchMessage>();

    private byte[] bytes = [];

    /// <summary>The place of the next message of a batch, and the end of the batch.</summary>
    private int next;
    private int end;

    /// <summary>The memory that its bytes take.</summary>
    public int Held => bytes.Length;

    /// <summary>The kind.</summary>
    public WatchMessageKind Kind { get; private set; }

    /// <summary>The log's epoch in <c>subscribed</c>; empty where it isn't supplied.</summary>
    public string Epoch { get; private set; } = "";

    /// <summary>The newest event of the log; of <c>subscribed</c> and <c>heartbeat</c>.</summary>
    public long? LastEventId { get; private set; }

    /// <summary>The oldest event of the log; of <c>subscribed</c>.</summary>
    public long? EarliestEventId { get; private set; }

    /// <summary>True if no event will follow <see cref="LastEventId"/>; of <c>subscribed</c>.</summary>
    public bool Ended { get; private set; }

    /// <summary>The events of a <c>replay</c>, or the one of an <c>event</c>. The watch takes out what the client has.</summary>
    public List<WatchedEvent> Events { get; } = [];

    /// <summary>The id of its last event, whether the client has it or not; 0 if it has none.</summary>
    public long LastId { get; private set; }

    /// <summary>True if more history follows; of <c>replay</c>.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Its bytes on the wire.</summary>
    public int Size { get; private set; }

    /// <summary>Reads a message, or the first one of a <see cref="MessageBatch"/>. Bytes that are no message become <see cref="WatchMessageKind.Malformed"/>.</summary>
    /// <param name="encoded">The message, or the batch; it is copied.</param>
    public static WatchMessage Read(in ReadOnlySequence<byte> encoded)
    {
        var message = Pool.Get();
        var size = (int)encoded.Length;
        message.bytes = BytePool.Rent(size);
        encoded.CopyTo(message.bytes);
        (message.next, message.end) = (0, size);
        if (size == 0 || message.bytes[0] != 0)
        {
            message.Take(size);
        }
        else
        {
            message.TryReadNext();
        }

        return message;
    }

    /// <summary>Goes on to the next message of the batch, in place of the present one.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryReadNext()
    {
        if (next == end)
        {
            return false;
        }

        Clear();
        var prefix = bytes.AsSpan(next, end - next);
        if (prefix.Length < MessageBatch.PrefixBytes || MessageBatch.LengthIn(prefix) > prefix.Length - MessageBatch.PrefixBytes)
        {
            // A batch of ours is whole, so the backend sent a large message that begins like one.
            (Kind, Size, next) = (WatchMessageKind.Malformed, end - next, end);
            return true;
        }

        next += MessageBatch.PrefixBytes;
        Take((int)MessageBatch.LengthIn(prefix));
        return true;
    }

    /// <summary>Gives the message and its events' bytes back, to be used again.</summary>
    public void Return()
    {
        BytePool.Return(ref bytes);
        Clear();
        if (Events.Capacity > KeptEvents)
        {
            Events.Capacity = 0;
        }

        Pool.Return(this);
    }

    private void Take(int size)
    {
        Size = size;
        Kind = ReadKind(bytes.AsMemory(next, size));
        LastId = Events.Count > 0 ? Events[^1].Id : 0;
        next += size;
    }

    private void Clear()
    {
        (Epoch, LastEventId, EarliestEventId, Ended, HasMore, LastId) = ("", null, null, false, false, 0);
        Events.Clear();
    }

    private WatchMessageKind ReadKind(ReadOnlyMemory<byte> encoded)
    {
        var kind = 0;
        Range body = default;
        var reader = new WireReader(encoded.Span);
        while (reader.Read())
        {
            var isMessage = reader.Field is >= WatchJobResponse.SubscribedFieldNumber and <= WatchJobResponse.HeartbeatFieldNumber;
            if (isMessage && reader.Type == WireType.Delimited)
            {
                kind = reader.Field;
                body = reader.Place;
            }
        }

        if (reader.IsMalformed)
        {
            return WatchMessageKind.Malformed;
        }

        var content = encoded[body];
        return kind switch
        {
            WatchJobResponse.SubscribedFieldNumber => ReadSubscribed(content.Span),
            WatchJobResponse.ReplayFieldNumber => ReadReplay(content),
            WatchJobResponse.EventFieldNumber => ReadEvent(content),
            WatchJobResponse.HeartbeatFieldNumber => ReadHeartbeat(content.Span),
            _ => WatchMessageKind.Unknown,
        };
    }

    private WatchMessageKind ReadSubscribed(ReadOnlySpan<byte> content)
    {
        if (!TryParse(Subscribed.Parser, content, out var subscribed))
        {
            return WatchMessageKind.Malformed;
        }

        Epoch = subscribed.Epoch;
        LastEventId = subscribed.HasLastEventId ? subscribed.LastEventId : null;
        EarliestEventId = subscribed.HasEarliestEventId ? subscribed.EarliestEventId : null;
        Ended = subscribed.Ended;
        return WatchMessageKind.Subscribed;
    }

    private WatchMessageKind ReadHeartbeat(ReadOnlySpan<byte> content)
    {
        if (!TryParse(Heartbeat.Parser, content, out var heartbeat))
        {
            return WatchMessageKind.Malformed;
        }

        LastEventId = heartbeat.HasLastEventId ? heartbeat.LastEventId : null;
        return WatchMessageKind.Heartbeat;
    }

    private WatchMessageKind ReadEvent(ReadOnlyMemory<byte> content)
    {
        Events.Add(WatchedEvent.Read(content));
        return WatchMessageKind.Event;
    }

    private WatchMessageKind ReadReplay(ReadOnlyMemory<byte> content)
    {
        var reader = new WireReader(content.Span);
        while (Events.Count < MaxEvents && reader.Read())
        {
            if (reader.Is(Replay.EventsFieldNumber, WireType.Delimited))
            {
                Events.Add(WatchedEvent.Read(content[reader.Place]));
            }
            else if (reader.Is(Replay.HasMoreFieldNumber, WireType.Varint))
            {
                HasMore = reader.Number != 0;
            }
        }

        if (reader.IsMalformed || Events.Count == MaxEvents)
        {
            // What was read is good; from here on it is like an event that can't be read.
            Events.Add(WatchedEvent.Unreadable);
        }

        return WatchMessageKind.Replay;
    }

    private static bool TryParse<T>(Google.Protobuf.MessageParser<T> parser, ReadOnlySpan<byte> content, out T message)
        where T : Google.Protobuf.IMessage<T>, new()
    {
        try
        {
            message = parser.ParseFrom(content);
            return true;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            message = new T();
            return false;
        }
    }
}
