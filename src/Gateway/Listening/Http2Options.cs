namespace OptimizationGateway.Gateway.Listening;

/// <summary>HTTP/2 to clients: the settings under <c>Gateway:Http2</c>.</summary>
internal sealed record Http2Options
{
    /// <summary>True if TLS endpoints also speak HTTP/2, and accept WebSockets over it (RFC 8441). Default: false.</summary>
    public bool Enabled { get; init; }
}
