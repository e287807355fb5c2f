using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Tests.Backends;

public sealed class PatientWaitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TimersSeen time = new();
    private readonly TaskCompletionSource first = new();
    private readonly TaskCompletionSource second = new();

    [Fact]
    public async Task It_ends_with_the_task_or_when_its_time_is_over_and_goes_on_with_the_same_task()
    {
        using var wait = new PatientWait(time, CancellationToken.None);

        var tooShort = wait.WaitAsync(first.Task, Second).AsTask();
        time.Advance(0.9 * Second);
        Assert.False(tooShort.IsCompleted);
        time.Advance(0.1 * Second);
        Assert.False(await tooShort);

        var again = wait.WaitAsync(first.Task, Second).AsTask();
        Assert.False(again.IsCompleted);
        first.SetResult();
        Assert.True(await again);
    }

    [Fact]
    public async Task A_timer_of_an_earlier_wait_ends_no_later_one()
    {
        using var wait = new PatientWait(time, CancellationToken.None);
        var one = wait.WaitAsync(first.Task, 10 * Second).AsTask();
        time.Advance(9 * Second);
        first.SetResult();
        Assert.True(await one);

        var other = wait.WaitAsync(second.Task, 10 * Second).AsTask();
        time.Advance(9.9 * Second);
        Assert.False(other.IsCompleted);
        time.Advance(0.1 * Second);

        Assert.False(await other);
    }

    [Fact]
    public async Task A_shorter_wait_after_a_longer_one_ends_in_time()
    {
        using var wait = new PatientWait(time, CancellationToken.None);
        var one = wait.WaitAsync(first.Task, 10 * Second).AsTask();
        first.SetResult();
        Assert.True(await one);

        var other = wait.WaitAsync(second.Task, Second).AsTask();
        time.Advance(Second);

        Assert.False(await other);
    }

    [Fact]
    public async Task Once_it_is_stopped_a_wait_ends_whether_it_has_begun_or_not()
    {
        using var stop = new CancellationTokenSource();
        using var wait = new PatientWait(time, stop.Token);
        var waiting = wait.WaitAsync(first.Task, Second).AsTask();

        await stop.CancelAsync();

        Assert.False(await waiting);
        Assert.False(await wait.WaitAsync(second.Task, Second));
    }

    [Fact]
    public async Task A_busy_stream_sets_its_timer_once()
    {
        using var wait = new PatientWait(time, CancellationToken.None);

        for (var i = 0; i < 1_000; i++)
        {
            var message = new TaskCompletionSource();
            var waiting = wait.WaitAsync(message.Task, 60 * Second).AsTask();
            message.SetResult();
            Assert.True(await waiting);
        }

        Assert.Equal((1, 1), (time.Timers, time.Changes));
    }

    [Fact]
    public async Task It_says_that_a_task_has_completed_only_if_it_has_also_where_its_time_runs_out_then()
    {
        using var wait = new PatientWait(TimeProvider.System, CancellationToken.None);
        for (var i = 0; i < 300; i++)
        {
            var message = Task.Delay(1, TestContext.Current.CancellationToken);
            while (!await wait.WaitAsync(message, TimeSpan.FromMilliseconds(1)))
            {
                // Too short; once more.
            }

            Assert.True(message.IsCompleted);
        }
    }

    /// <summary>Counts timers, and how often one is set.</summary>
    private sealed class TimersSeen : FakeTimeProvider
    {
        public int Timers { get; private set; }

        public int Changes { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return new Seen(this, base.CreateTimer(callback, state, dueTime, period));
        }

        private sealed class Seen(TimersSeen time, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                time.Changes++;
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
