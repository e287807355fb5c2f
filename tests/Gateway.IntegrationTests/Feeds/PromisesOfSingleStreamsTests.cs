namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>The promises, with a stream for each subscription.</summary>
public sealed class PromisesOfSingleStreamsTests() : PromisesTests(shared: false);
