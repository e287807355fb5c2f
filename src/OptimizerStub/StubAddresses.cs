using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OptimizationGateway.OptimizerStub;

/// <summary>The optimizer's addresses, known once it has started, also if the system chose a port.</summary>
public sealed class StubAddresses
{
    private ListenOptions? grpc;
    private ListenOptions? http;

    /// <summary>The URL of WatchJob, such as http://127.0.0.1:5001.</summary>
    public string GrpcUrl => Url(grpc);

    /// <summary>The URL of the JSON API, such as http://127.0.0.1:5002.</summary>
    public string HttpUrl => Url(http);

    internal void Take(ListenOptions grpc, ListenOptions http) => (this.grpc, this.http) = (grpc, http);

    // Kestrel replaces the endpoint by the one that was bound.
    private static string Url(ListenOptions? listen) =>
        listen is { IPEndPoint: { Port: > 0 } bound }
            ? $"http://{bound}"
            : throw new InvalidOperationException("The optimizer hasn't started yet.");
}
