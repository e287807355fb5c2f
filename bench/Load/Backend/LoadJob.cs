namespace OptimizationGateway.Load.Backend;

/// <summary>One job's log: how far it is, and what its newest event says.</summary>
internal sealed class LoadJob(string id, JobName name)
{
    private const int RememberedMoments = 1024;

    private readonly long[] moments = new long[name.Number > 1 ? RememberedMoments : 16];
    private TaskCompletionSource next = NewSignal();
    private long head = name.Kind == JobKind.History ? name.Number : 0;
    private Newest newest = new(0, []);

    public JobName Name => name;

    /// <summary>The id of the newest event.</summary>
    public long Head => Volatile.Read(ref head);

    /// <summary>The moment when the next event is due, in <see cref="Moment"/>'s microseconds; kept by <see cref="Pacer"/>.</summary>
    public long DueAt { get; set; }

    /// <summary>Completes when the next event has happened. Take it before you compare with <see cref="Head"/>.</summary>
    public Task NextEvent => Volatile.Read(ref next).Task;

    /// <summary>Adds an event that happens now, and wakes the streams.</summary>
    public void Append()
    {
        var now = Moment.Now;
        var eventId = head + 1;
        moments[eventId % moments.Length] = now;
        Volatile.Write(ref newest, new Newest(eventId, GrpcMessage.OfEvent(ContentAt(now), eventId)));
        Volatile.Write(ref head, eventId);
        Interlocked.Exchange(ref next, NewSignal()).SetResult();
    }

    /// <summary>Moves the head of a <see cref="JobKind.Live"/> job, whose events happen when its fastest stream is ready for them.</summary>
    public void ReachTo(long eventId)
    {
        var seen = Head;
        while (seen < eventId)
        {
            seen = Interlocked.CompareExchange(ref head, eventId, seen) is var now && now == seen ? eventId : now;
        }
    }

    /// <summary>One event as a whole message. The newest one is encoded once for all streams.</summary>
    public byte[] MessageOf(long eventId) =>
        Volatile.Read(ref newest) is var last && last.Id == eventId
            ? last.Message
            : GrpcMessage.OfEvent(ContentAt(moments[eventId % moments.Length]), eventId);

    public EventContent ContentAt(long moment) => EventContent.Of(name.Shape, id, moment);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Newest(long Id, byte[] Message);
}
