using OptimizationGateway.Contracts.V1;

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
internal sealed class WatchMessage
{
    /// <summary>
    /// The number of events of one batch that are read; a backend may send 500. An empty event costs the backend two bytes and the
    /// gateway far more. The events beyond are asked for again.
    /// </summary>
    private const int MaxEvents = 16 * 1024;

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

    /// <summary>The events of a <c>replay</c>, or the one of an <c>event</c>.</summary>
    public IReadOnlyList<WatchedEvent> Events { get; private set; } = [];

    /// <summary>True if more history follows; of <c>replay</c>.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Its bytes on the wire.</summary>
    public int Size { get; private set; }

    /// <summary>Reads a message. Bytes that are no message become <see cref="WatchMessageKind.Malformed"/>.</summary>
    public static WatchMessage Read(byte[] bytes)
    {
        var message = ReadKind(bytes);
        message.Size = bytes.Length;
        return message;
    }

    private static WatchMessage ReadKind(byte[] bytes)
    {
        var kind = 0;
        Range body = default;
        var reader = new WireReader(bytes);
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
            return new WatchMessage { Kind = WatchMessageKind.Malformed };
        }

        var content = bytes.AsMemory(body);
        return kind switch
        {
            WatchJobResponse.SubscribedFieldNumber => ReadSubscribed(content.Span),
            WatchJobResponse.ReplayFieldNumber => ReadReplay(content),
            WatchJobResponse.EventFieldNumber => new WatchMessage { Kind = WatchMessageKind.Event, Events = [WatchedEvent.Read(content)] },
            WatchJobResponse.HeartbeatFieldNumber => ReadHeartbeat(content.Span),
            _ => new WatchMessage(),
        };
    }

    private static WatchMessage ReadSubscribed(ReadOnlySpan<byte> content)
    {
        if (!TryParse(Subscribed.Parser, content, out var subscribed))
        {
            return new WatchMessage { Kind = WatchMessageKind.Malformed };
        }

        return new WatchMessage
        {
            Kind = WatchMessageKind.Subscribed,
            Epoch = subscribed.Epoch,
            LastEventId = subscribed.HasLastEventId ? subscribed.LastEventId : null,
            EarliestEventId = subscribed.HasEarliestEventId ? subscribed.EarliestEventId : null,
            Ended = subscribed.Ended,
        };
    }

    private static WatchMessage ReadHeartbeat(ReadOnlySpan<byte> content) =>
        TryParse(Heartbeat.Parser, content, out var heartbeat)
            ? new WatchMessage { Kind = WatchMessageKind.Heartbeat, LastEventId = heartbeat.HasLastEventId ? heartbeat.LastEventId : null }
            : new WatchMessage { Kind = WatchMessageKind.Malformed };

    private static WatchMessage ReadReplay(ReadOnlyMemory<byte> content)
    {
        var events = new List<WatchedEvent>();
        var hasMore = false;
        var reader = new WireReader(content.Span);
        while (events.Count < MaxEvents && reader.Read())
        {
            if (reader.Is(Replay.EventsFieldNumber, WireType.Delimited))
            {
                events.Add(WatchedEvent.Read(content[reader.Place]));
            }
            else if (reader.Is(Replay.HasMoreFieldNumber, WireType.Varint))
            {
                hasMore = reader.Number != 0;
            }
        }

        if (reader.IsMalformed || events.Count == MaxEvents)
        {
            // What was read is good; from here on it is like an event that can't be read.
            events.Add(WatchedEvent.Unreadable);
        }

        return new WatchMessage
        {
            Kind = WatchMessageKind.Replay,
            Events = events,
            HasMore = hasMore,
        };
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
