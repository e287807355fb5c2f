#pragma warning disable CA2012 // A writer's wait is looked at, and never awaited.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Tests.Outboxes;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Tests.Feeds;

/// <summary>A feed without a backend, and its viewers, each with an outbox of its own that a test empties when it likes.</summary>
internal sealed class FeedRun : IDisposable
{
    public FeedRun(
        string epoch = "e1",
        long after = 0,
        long ringBytes = 1024 * 1024,
        long unsentBytes = 512 * 1024,
        long memory = long.MaxValue
    )
    {
        Ring = new EventRing(after);
        Memory = new FeedMemory(memory, HeldMemory.Plenty);
        Feed = new Feed(epoch, earliestEventId: null, Ring, new FeedLimits(ringBytes, unsentBytes, Memory), () => IsSound);
    }

    public EventRing Ring { get; }

    public FeedMemory Memory { get; }

    public Feed Feed { get; }

    public bool IsSound { get; set; } = true;

    /// <summary>Appends a live event whose JSON is its id and so many blanks.</summary>
    public bool Append(long id, long? previousId = null, int padding = 0, RingEntryKind kind = RingEntryKind.Live)
    {
        var json = Encoding.UTF8.GetBytes($$"""{"id":{{id}}{{new string(' ', padding)}}}""");
        return Feed.TryAppend(
            kind,
            new WatchedEvent(id, previousId, IsTerminal: false, Fault: null, default),
            json,
            readAt: id,
            happenedAt: 0
        );
    }

    /// <summary>A viewer that has just read these events by itself brings them along.</summary>
    public void Extend(long after, params long[] ids)
    {
        var older = new EventRing(after);
        foreach (var id in ids)
        {
            older.Append(
                RingEntryKind.Live,
                id,
                previousId: older.Head,
                Encoding.UTF8.GetBytes($$"""{"id":{{id}}}"""),
                readAt: id,
                happenedAt: 0
            );
        }

        Feed.Extend(older);
        older.Clear();
    }

    public Viewer? Join(long? cursor, string epoch = "e1", bool isOpen = false)
    {
        var viewer = new Viewer();
        var seat = Feed.TryJoin(viewer, new SeatRequest(cursor, epoch, isOpen));
        return seat is null ? null : viewer.Sit(seat);
    }

    /// <summary>The viewer whose own watch the feed began with.</summary>
    public Viewer Found(long cursor)
    {
        var viewer = new Viewer();
        return viewer.Sit(Feed.Found(viewer, cursor));
    }

    public void Dispose() => Feed.Dispose();
}

/// <summary>A viewer of a <see cref="FeedRun"/>.</summary>
internal sealed class Viewer : IViewer
{
    private readonly Outbox outbox = TestOutbox.New(512 * 1024, 64 * 1024);
    private readonly Lane lane;

    // As the outbox gives it: a task made of it would complete a moment later, in another thread.
    private ValueTask<bool> waiting;

    public Viewer()
    {
        lane = outbox.OpenLane();
        waiting = outbox.WaitToTakeAsync();
    }

    public MessageForm Form => MessageForm.Enveloped;

    public JsonEncodedText JobId { get; } = JsonEncodedText.Encode("job");

    public Seat Seat { get; private set; } = null!;

    /// <summary>The kinds of messages that were taken, such as <c>event</c> or <c>replay more</c>.</summary>
    public List<string> Kinds { get; } = [];

    /// <summary>The ids of the events that were taken.</summary>
    public List<long> Ids { get; } = [];

    /// <summary>True if the writer of its socket was woken, or is at work.</summary>
    public bool IsAwake => waiting.IsCompleted;

    public SeatEnd? Lost => Seat.Left.IsCompleted ? Seat.Left.Result : null;

    public LaneView Lane => outbox.View(lane);

    public Viewer Sit(Seat seat)
    {
        Seat = seat;
        outbox.Ticket(lane).Attach(seat);
        return this;
    }

    public OutboxMessage WriteOutage()
    {
        using var message = new MessageBuffer();
        ServerMessageWriter.WriteError(message, new ErrorMessage(ErrorCode.BackendUnavailable, SubscriptionEffect.Kept));
        return message.Detach(new MessageFacts(ServerMessageType.Error));
    }

    public void NoteOpen() { }

    public void Note(TimelineEntryKind kind, string? code, long? eventId) { }

    /// <summary>Ends the subscription, as <c>unsubscribe</c> does.</summary>
    public void Unsubscribe() => outbox.Clear(lane);

    /// <summary>Takes one message, if the writer is awake.</summary>
    public bool Take()
    {
        if (!waiting.IsCompleted)
        {
            return false;
        }

        if (!outbox.TryTake(out var message, out _))
        {
            waiting = outbox.WaitToTakeAsync();
            return false;
        }

        var json = JsonNode.Parse(message.Bytes.Span)!;
        message.Return();
        var type = (string)json["type"]!;
        Kinds.Add(type == "replay" ? ((bool)json["hasMore"]! ? "replay more" : "replay last") : type);
        IEnumerable<JsonNode?> events = json["data"] is JsonArray data ? data : new[] { json["event"] };
        Ids.AddRange(events.OfType<JsonNode>().Select(e => (long)e["id"]!));
        return true;
    }

    /// <summary>Takes all messages without reading them. The ids of events are expected to follow each other.</summary>
    /// <param name="cursor">The id that the viewer has.</param>
    /// <returns>The id that it has now.</returns>
    public long Skim(long cursor)
    {
        while (waiting.IsCompleted)
        {
            while (outbox.TryTake(out var message, out _))
            {
                message.Return();
                if (message.Facts.Events > 0)
                {
                    Assert.Equal(cursor + message.Facts.Events, message.Facts.LastEventId);
                    cursor = message.Facts.LastEventId;
                }
            }

            waiting = outbox.WaitToTakeAsync();
        }

        return cursor;
    }

    public Viewer TakeAll()
    {
        while (Take() || waiting.IsCompleted) { }

        return this;
    }
}
