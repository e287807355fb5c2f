namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>The promises, with a stream that a job's viewers share.</summary>
public sealed class PromisesOfSharedStreamsTests() : PromisesTests(shared: true);
