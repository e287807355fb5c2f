using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;
using static OptimizationGateway.Gateway.Tests.Watching.WatchRun;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>The fault that ends a watch, and the number of times or the time after which it does: PROTOCOL.md sections 6 and 9.</summary>
public sealed class ReopenPolicyTests
{
    private static readonly WatchFault NotFound = new(WatchFaultKind.NotFound);

    [Theory]
    [InlineData(WatchFaultKind.Breach)]
    [InlineData(WatchFaultKind.EndedEarly)]
    internal void Five_breaches_are_forgiven_and_the_sixth_is_not(WatchFaultKind kind)
    {
        var run = Live();
        for (var i = 0; i < 5; i++)
        {
            run.Fails(new WatchFault(kind)).Reopens();
        }

        Assert.Null(run.End);
        run.Fails(new WatchFault(kind));
        Assert.Equal(WatchEnd.BackendError, run.End);
    }

    [Fact]
    public void Progress_forgives_them_all()
    {
        var run = Live();
        for (var i = 1; i <= 12; i++)
        {
            run.Fails(WatchFault.EndedEarly).Reopens();
            if (i % 5 == 0)
            {
                run.Says(Say.Subscribed(last: 99), Say.Replay(hasMore: true, Say.Event(i)));
            }
        }

        Assert.Null(run.End);
    }

    [Fact]
    public void A_heartbeat_of_a_proven_stream_is_progress_too()
    {
        var run = Live();
        for (var i = 0; i < 5; i++)
        {
            run.Fails(WatchFault.EndedEarly).Reopens();
        }

        run.Says(Say.Subscribed(last: 0), Say.Replay()).Passes(11 * Second).Says(Say.Heartbeat());
        run.Fails(WatchFault.EndedEarly);
        Assert.Null(run.End);
    }

    [Theory]
    [InlineData(WatchFaultKind.NotFound, WatchEnd.NotFound)]
    [InlineData(WatchFaultKind.Unimplemented, WatchEnd.BackendError)]
    internal void A_refusal_of_a_job_that_was_open_is_believed_after_sixty_seconds(WatchFaultKind kind, WatchEnd end)
    {
        var run = Live();
        Refuse(run, new WatchFault(kind), end, 60 * Second);
    }

    [Fact]
    public void An_absent_backend_starts_the_sixty_seconds_anew()
    {
        var run = Live().Fails(NotFound).Passes(50 * Second);
        run.Turn = 20 * Second;
        run.Fails(WatchFault.Unavailable).Reopens().Fails(NotFound);
        Assert.Null(run.End);

        run.Reopens().Fails(NotFound);
        Assert.Null(run.End);
    }

    [Theory]
    [InlineData(false, 0L, null, null, WatchEnd.BackendError, 0)]
    [InlineData(false, null, 1L, 1L, WatchEnd.BackendError, 0)]
    [InlineData(false, 5L, null, null, WatchEnd.HistoryTruncated, 3)]
    [InlineData(false, 5L, 9L, 12L, WatchEnd.HistoryTruncated, 0)]
    [InlineData(false, 5L, 9L, null, WatchEnd.HistoryTruncated, 0)]
    [InlineData(false, 5L, 1L, 4L, WatchEnd.CursorAhead, 3)]
    [InlineData(true, 5L, null, null, WatchEnd.HistoryTruncated, 3)]
    [InlineData(true, 5L, 9L, 12L, WatchEnd.HistoryTruncated, 0)]
    [InlineData(true, 5L, 1L, 5L, WatchEnd.HistoryTruncated, 0)]
    [InlineData(true, 5L, 1L, 4L, WatchEnd.CursorAhead, 60)]
    internal void Out_of_range_is_told_apart_by_the_ids_and_a_lagging_replica_gets_time(
        bool isOpened,
        long? cursor,
        long? earliest,
        long? latest,
        WatchEnd end,
        int afterSeconds
    )
    {
        var run = new WatchRun(cursor);
        if (isOpened)
        {
            run.Says(Say.Subscribed(last: 5), Say.Replay());
        }

        Refuse(run, new WatchFault(WatchFaultKind.OutOfRange, earliest, latest), end, afterSeconds * Second);
    }

    /// <summary>Refuses every stream until the watch ends. The last attempt is made when the time is up, and not a backoff later.</summary>
    private static void Refuse(WatchRun run, WatchFault fault, WatchEnd end, TimeSpan after)
    {
        var began = run.Now;
        run.Fails(fault);
        while (run.End is null)
        {
            Assert.True(run.Now - began < after, $"it goes on after {run.Now - began}");
            run.Reopens().Fails(fault);
        }

        Assert.Equal(end, run.End);
        Assert.Equal(after, run.Now - began);
    }

    private static WatchRun Live() => new WatchRun(after: 0).Says(Say.Subscribed(last: 0), Say.Replay());
}
