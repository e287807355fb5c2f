using Microsoft.Extensions.Time.Testing;

namespace OptimizationGateway.Testing;

/// <summary>
/// A fake clock that goes on while real sockets do their part. It waits for them by what the machine gets done, not by real time alone: on a
/// busy machine seconds of it would go by before a message that was sent has arrived.
/// </summary>
public sealed class Clock : FakeTimeProvider
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>What code that runs for the first time may take, ten times in a second of this clock.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    /// <summary>Messages to and fro for each wait. To open a stream takes about eight, and its deadline is a hundred steps away.</summary>
    private const int RoundTrips = 4;

    /// <summary>For so many steps after a timer has fired, others are let work after each.</summary>
    private const int Wake = 10;

    /// <summary>While none fires, what happens has been set off by what came before: others are let work after so many steps.</summary>
    private const int Stride = 3;

    private int fired;

    public Clock() { }

    public Clock(DateTimeOffset start)
        : base(start) { }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        return base.CreateTimer(Fire, state, dueTime, period);

        void Fire(object? s)
        {
            Interlocked.Increment(ref fired);
            callback(s);
        }
    }

    /// <summary>Lets the clock run in small steps until something has happened.</summary>
    /// <returns>How much time went by on that clock.</returns>
    public async Task<TimeSpan> RunUntilAsync(Func<bool> happened, TimeSpan limit, string what)
    {
        var start = GetUtcNow();
        await using var pace = await Pace.BeginAsync(this);
        while (!happened())
        {
            if (GetUtcNow() - start > limit)
            {
                // The clock stands from here on: on a busy machine only what is on its way already may still come.
                await TestGateway.EventuallyAsync(happened, $"{what}, in {limit}");
                break;
            }

            await pace.StepAsync();
        }

        return GetUtcNow() - start;
    }

    /// <summary>Lets the clock run in small steps for a while.</summary>
    public async Task RunForAsync(TimeSpan duration)
    {
        await using var pace = await Pace.BeginAsync(this);
        for (var gone = TimeSpan.Zero; gone < duration; gone += Step)
        {
            await pace.StepAsync();
        }
    }

    /// <summary>One run of a clock.</summary>
    private sealed class Pace : IAsyncDisposable
    {
        private readonly Clock clock;
        private readonly Echo echo;
        private int seen;
        private int awake = Wake;
        private int steps;

        private Pace(Clock clock, Echo echo)
        {
            (this.clock, this.echo) = (clock, echo);
            seen = clock.fired;
        }

        public static async Task<Pace> BeginAsync(Clock clock) => new(clock, await Echo.OpenAsync());

        public async Task StepAsync()
        {
            clock.Advance(Step);
            awake = seen == clock.fired ? awake - 1 : Wake;
            seen = clock.fired;
            if (awake > 0 || ++steps % Stride == 0)
            {
                await Task.Delay(Tick);
                await echo.RoundTripsAsync(RoundTrips);
            }
        }

        public ValueTask DisposeAsync() => echo.DisposeAsync();
    }
}
