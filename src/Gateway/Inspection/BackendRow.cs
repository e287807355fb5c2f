namespace OptimizationGateway.Gateway.Inspection;

/// <summary>One backend, as the readiness check tells of it.</summary>
/// <param name="Name">Its name in the settings.</param>
/// <param name="IsTroubled">Whether a watch broke, and none has moved on since.</param>
/// <param name="Streams">How many streams are open to it.</param>
/// <param name="Replicas">How many servers it has.</param>
/// <param name="ReplicasAway">How many of them failed and weren't heard of since.</param>
internal sealed record BackendRow(string Name, bool IsTroubled, int Streams, int Replicas, int ReplicasAway);
