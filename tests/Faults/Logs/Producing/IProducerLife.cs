namespace OptimizationGateway.Faults.Logs.Producing;

/// <summary>The end of a producer's run.</summary>
internal enum LifeEnd
{
    /// <summary>It was killed, in the middle of whatever it did.</summary>
    Killed,

    /// <summary>A later run has replaced it.</summary>
    Fenced,

    /// <summary>It has ended its job.</summary>
    JobEnded,
}

/// <summary>One run of a producer, from its first append to its end. It sends each append until it is answered, to the servers in turn.</summary>
internal interface IProducerLife
{
    /// <summary>Appends until the job has ended, it is fenced, or it is killed.</summary>
    /// <param name="kill">Ends it at once.</param>
    public Task<LifeEnd> RunAsync(CancellationToken kill);
}
