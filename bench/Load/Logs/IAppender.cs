namespace OptimizationGateway.Load.Logs;

/// <summary>A way to append to a log.</summary>
internal interface IAppender : IAsyncDisposable
{
    /// <summary>Appends events to a job, and returns when they are safe.</summary>
    /// <param name="lane">The number of the producer, from 0. Each appends one batch after the other.</param>
    /// <param name="job">The job.</param>
    /// <param name="count">The number of events.</param>
    public Task AppendAsync(int lane, string job, int count);
}
