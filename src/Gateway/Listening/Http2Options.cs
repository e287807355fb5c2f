namespace OptimizationGateway.Gateway.Listening;

/// <summary>HTTP/2 to clients: the settings under <c>Gateway:Http2</c>.</summary>
internal sealed record Http2Options
{
    /// <summary>Whether TLS endpoints also speak HTTP/2, and take WebSockets over it (RFC 8441). Default: false.</summary>
    public bool Enabled { get; init; }
}
