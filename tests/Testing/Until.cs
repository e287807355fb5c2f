namespace OptimizationGateway.Testing;

/// <summary>Waits for a condition, with a deadline, and says what it waited for.</summary>
public static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, Func<Task<string>>? instead = null)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            try
            {
                await poll.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"It never came true that {what}. {(instead is null ? "" : await instead())}", e);
            }
        }
    }
}
