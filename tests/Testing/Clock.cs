using Microsoft.Extensions.Time.Testing;

namespace OptimizationGateway.Testing;

/// <summary>Moves a fake clock while real sockets do their part.</summary>
public static class Clock
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>Lets the clock run in small steps until something has happened.</summary>
    /// <returns>How much time went by on that clock.</returns>
    public static async Task<TimeSpan> RunUntilAsync(this FakeTimeProvider clock, Func<bool> happened, TimeSpan limit, string what)
    {
        var start = clock.GetUtcNow();
        using var real = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!happened())
        {
            if (clock.GetUtcNow() - start > limit)
            {
                throw new TimeoutException($"In {limit} it never came true that {what}.");
            }

            clock.Advance(Step);
            await real.WaitForNextTickAsync();
        }

        return clock.GetUtcNow() - start;
    }

    /// <summary>Lets the clock run in small steps for a while.</summary>
    public static async Task RunForAsync(this FakeTimeProvider clock, TimeSpan duration)
    {
        using var real = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var gone = TimeSpan.Zero; gone < duration; gone += Step)
        {
            clock.Advance(Step);
            await real.WaitForNextTickAsync();
        }
    }
}
