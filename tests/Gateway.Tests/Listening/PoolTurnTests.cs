using OptimizationGateway.Gateway.Listening;

namespace OptimizationGateway.Gateway.Tests.Listening;

/// <summary>A turn in the thread pool, for which newcomers wait.</summary>
public sealed class PoolTurnTests
{
    private const int Queued = 2_000;

    [Fact]
    public async Task What_was_queued_before_has_been_begun_when_the_turn_comes()
    {
        var begun = 0;
        var (begunAtTurn, threads) = await Task.Run(
            async () =>
            {
                for (var i = 0; i < Queued; i++)
                {
                    ThreadPool.UnsafeQueueUserWorkItem<object?>(_ => Begin(ref begun), state: null, preferLocal: false);
                }

                await new PoolTurn();
                return (Volatile.Read(ref begun), ThreadPool.ThreadCount);
            },
            TestContext.Current.CancellationToken
        );

        // Each other thread of the pool may just have taken one, and not counted it yet.
        Assert.InRange(begunAtTurn, Queued - threads, Queued);
    }

    /// <summary>Takes some microseconds, so that most are still queued when the turn is asked for.</summary>
    private static void Begin(ref int begun)
    {
        Interlocked.Increment(ref begun);
        Thread.SpinWait(5_000);
    }
}
