namespace OptimizationGateway.Faults.Nemesis;

/// <summary>A fault that was made.</summary>
/// <param name="At">When; Unix time in milliseconds.</param>
/// <param name="Kind">What.</param>
/// <param name="To">To which program or path.</param>
/// <param name="Effect">How many connections broke or stalled by it; 0: none, and it doesn't count.</param>
/// <param name="Places">The clients' places on whose way it was.</param>
internal sealed record FaultRecord(long At, FaultKind Kind, string To, int Effect, string[] Places);
