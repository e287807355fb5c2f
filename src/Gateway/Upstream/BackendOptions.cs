namespace OptimizationGateway.Gateway.Upstream;

/// <summary>One backend: the settings under <c>Gateway:Backends:&lt;name&gt;</c>.</summary>
internal sealed record BackendOptions
{
    /// <summary>Where it is: an absolute <c>http://</c> (HTTP/2 without TLS) or <c>https://</c> URL. Required.</summary>
    public string Address { get; init; } = "";

    /// <summary>Its jobs: patterns separated by commas, in which <c>*</c> stands for any characters. The longest match wins. Default: all.</summary>
    public string JobIds { get; init; } = "*";
}
