namespace OptimizationGateway.Faults.Programs;

/// <summary>A backend.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Jobs">Its jobs API.</param>
/// <param name="Data">The folder of its log.</param>
internal sealed record StubProgram(ChildProgram Process, Uri Jobs, string Data);
