namespace OptimizationGateway.Faults.Clients;

/// <summary>One reader of a few jobs, over as many connections as it takes. It writes down what it sees and judges nothing.</summary>
internal interface IReader : IDisposable
{
    public string Name { get; }

    public JobCursors Jobs { get; }

    /// <summary>Reads a job too, from now on.</summary>
    public Task FollowAsync(JobCursor cursor);

    /// <summary>Reads until it has what it came for, or is stopped.</summary>
    public Task RunAsync(Func<bool> isDone, CancellationToken stop);
}
