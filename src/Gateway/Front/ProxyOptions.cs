namespace OptimizationGateway.Gateway.Front;

/// <summary>The proxies between the clients and the gateway: the settings under <c>Gateway:Proxies</c>.</summary>
internal sealed record ProxyOptions
{
    /// <summary>
    /// Addresses and networks of the proxies in front, separated by commas, such as <c>127.0.0.1, 10.0.3.0/24</c>. Their
    /// <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> count; from everyone else these headers are ignored.
    /// No client may have one of these addresses. Default: none.
    /// </summary>
    public string Known { get; init; } = "";
}
