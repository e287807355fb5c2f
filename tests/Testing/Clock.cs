using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace OptimizationGateway.Testing;

/// <summary>
/// Moves a fake clock while real sockets do their part. On a busy machine the clock waits for them: otherwise seconds of it go by before
/// a message that was sent has arrived.
/// </summary>
public static class Clock
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    /// <summary>A tick that takes longer comes late, because the machine is busy.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromMilliseconds(6);

    private const int MostLateTicks = 20;

    /// <summary>Lets the clock run in small steps until something has happened.</summary>
    /// <returns>How much time went by on that clock.</returns>
    public static async Task<TimeSpan> RunUntilAsync(this FakeTimeProvider clock, Func<bool> happened, TimeSpan limit, string what)
    {
        var start = clock.GetUtcNow();
        while (!happened())
        {
            if (clock.GetUtcNow() - start > limit)
            {
                throw new TimeoutException($"In {limit} it never came true that {what}.");
            }

            clock.Advance(Step);
            await LetOthersWorkAsync();
        }

        return clock.GetUtcNow() - start;
    }

    /// <summary>Lets the clock run in small steps for a while.</summary>
    public static async Task RunForAsync(this FakeTimeProvider clock, TimeSpan duration)
    {
        for (var gone = TimeSpan.Zero; gone < duration; gone += Step)
        {
            clock.Advance(Step);
            await LetOthersWorkAsync();
        }
    }

    /// <summary>Waits until the thread pool's queue is empty and a tick comes on time, for 20 ticks at most.</summary>
    private static async Task LetOthersWorkAsync()
    {
        for (var tries = 0; tries < MostLateTicks; tries++)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.Delay(Tick);
            if (Stopwatch.GetElapsedTime(start) < Punctual && ThreadPool.PendingWorkItemCount == 0)
            {
                return;
            }
        }
    }
}
