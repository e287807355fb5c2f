using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>One stream's messages in order, and its end.</summary>
internal sealed class Story(WatchJobRequest request)
{
    private readonly Lock gate = new();
    private readonly List<WatchJobResponse> messages = [];
    private long cursor = request.AfterEventId;

    public WatchJobRequest Request => request;

    public IReadOnlyList<WatchJobResponse> Messages => messages;

    /// <summary>Null: it hasn't ended, or nobody waited for that.</summary>
    public WatchEnd? End { get; private set; }

    /// <summary>The time from the opening to the first message or the end.</summary>
    public TimeSpan? FirstAt { get; private set; }

    /// <summary>The time of the last message or the end.</summary>
    public TimeSpan LastAt { get; private set; }

    /// <summary>The time of the last message.</summary>
    public TimeSpan LastMessageAt { get; private set; }

    /// <summary>Wherever it came.</summary>
    public Subscribed? Subscribed => messages.FirstOrDefault(message => message.Subscribed is not null)?.Subscribed;

    /// <summary>A heartbeat that named what this stream hadn't sent, in words; null: none did.</summary>
    public string? HeartbeatAhead { get; private set; }

    public IEnumerable<Replay> Replays => messages.Where(message => message.Replay is not null).Select(message => message.Replay);

    public IEnumerable<JobEvent> Live => messages.Where(message => message.Event is not null).Select(message => message.Event);

    /// <summary>History and live, as they came.</summary>
    public IEnumerable<JobEvent> Events => messages.SelectMany(EventsOf);

    public bool HasWholeHistory => messages.Count > 0 && messages[^1].Replay is { HasMore: false };

    public static IEnumerable<JobEvent> EventsOf(WatchJobResponse message) =>
        message.Event is { } live ? [live] : message.Replay?.Events ?? Enumerable.Empty<JobEvent>();

    /// <summary>Events after which nothing follows.</summary>
    public static bool IsTerminal(JobEvent jobEvent) =>
        jobEvent.JobCompleted is not null || jobEvent.JobCancelled is not null || jobEvent.JobFailed is { WillRetry: false };

    public void Add(WatchJobResponse message, TimeSpan at)
    {
        lock (gate)
        {
            messages.Add(message);
            Follow(message);
            FirstAt ??= at;
            LastAt = LastMessageAt = at;
        }
    }

    public void Finish(WatchEnd end, TimeSpan at)
    {
        lock (gate)
        {
            End = end;
            FirstAt ??= at;
            LastAt = at;
        }
    }

    /// <summary>As it stands, for readers beside the watch that writes it.</summary>
    public Story Copy()
    {
        lock (gate)
        {
            var copy = new Story(request)
            {
                End = End,
                HeartbeatAhead = HeartbeatAhead,
                FirstAt = FirstAt,
                LastAt = LastAt,
                LastMessageAt = LastMessageAt,
            };
            copy.messages.AddRange(messages);
            return copy;
        }
    }

    private void Follow(WatchJobResponse message)
    {
        cursor = message.Subscribed is { } subscribed && !request.HasAfterEventId ? subscribed.LastEventId : cursor;
        cursor = EventsOf(message).LastOrDefault()?.Id ?? cursor;
        if (message.Heartbeat is { HasLastEventId: true } heartbeat && heartbeat.LastEventId > cursor)
        {
            HeartbeatAhead ??=
                $"On {Spoken.Request(request)} a heartbeat named {heartbeat.LastEventId}, and this stream had sent up to {cursor}: a gap to the gateway.";
        }
    }
}
