namespace OptimizationGateway.BreakableBackend;

/// <summary>A log at one moment.</summary>
/// <param name="Last">Its newest id; 0: none yet.</param>
/// <param name="Ended">Whether nothing will follow.</param>
/// <param name="Appended">Completed by the next append after that moment.</param>
internal readonly record struct LogState(long Last, bool Ended, Task Appended);
