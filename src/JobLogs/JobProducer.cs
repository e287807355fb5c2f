namespace OptimizationGateway.JobLogs;

/// <summary>
/// The place of an append in the sequence of its producer, so that one that is sent again is made once, and a producer that was replaced is
/// refused. The rules are those of idempotent producers in the Durable Streams protocol 1.0, section 5.2.1.
/// </summary>
/// <param name="Id">The producer's name, the same after a restart: 1 to 256 characters without control characters.</param>
/// <param name="Epoch">The number of the producer's run, 0 to 2^53-1. A greater one fences all runs before it.</param>
/// <param name="Sequence">The number of the append in this run, 0 to 2^53-1: 0, 1, 2 and so on, for each job.</param>
public sealed record JobProducer(string Id, long Epoch, long Sequence);
