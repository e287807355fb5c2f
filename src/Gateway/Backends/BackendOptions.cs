using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>One backend: the settings under <c>Gateway:Backends:&lt;name&gt;</c>.</summary>
internal sealed record BackendOptions
{
    /// <summary>
    /// The address: an absolute <c>http://</c> (HTTP/2 without TLS) or <c>https://</c> URL, or <c>dns:///name:port</c>, whose every
    /// address is a replica. This or <see cref="Addresses"/> is required.
    /// </summary>
    public string Address { get; init; } = "";

    /// <summary>The replicas' addresses: URLs separated by commas, all of <c>http://</c> or all of <c>https://</c>.</summary>
    public string Addresses { get; init; } = "";

    /// <summary>
    /// Its jobs: patterns separated by commas, in which <c>*</c> stands for any characters. The longest match wins. Default: all.
    /// </summary>
    public string JobIds { get; init; } = "*";

    public TlsOptions Tls { get; init; } = new();

    /// <summary>gRPC metadata that every call to it carries, by key. Values may be secrets, and are told to nobody else.</summary>
    [Secret]
    public Dictionary<string, string> Metadata { get; init; } = [];

    /// <summary>True if calls to it carry the caller's token, as <c>authorization</c>. Default: false.</summary>
    public bool ForwardAuthorization { get; init; }

    /// <summary>Headers of the caller's handshake that calls to it carry, separated by commas. Default: none.</summary>
    public string ForwardHeaders { get; init; } = "";
}
