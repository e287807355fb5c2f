namespace OptimizationGateway.Conformance.Jobs;

/// <summary>The kit can't go on, and it says nothing about the backend: a command that was given fails. The message says what to change.</summary>
internal sealed class KitFaultException(string message) : Exception(message);
