namespace OptimizationGateway.Gateway.Backends;

/// <summary>How a backend is known to be who it says, and the gateway to it: the settings under <c>Gateway:Backends:&lt;name&gt;:Tls</c>.</summary>
internal sealed record TlsOptions
{
    /// <summary>Whether a <c>dns:///</c> address is spoken to over TLS. Of a URL its scheme says so. Default: by the scheme; of dns:/// false.</summary>
    public bool? Enabled { get; init; }

    /// <summary>A PEM file with the authorities that its certificate may be signed by, instead of this machine's. Default: this machine's.</summary>
    public string CertificateAuthority { get; init; } = "";

    /// <summary>A PEM file with the gateway's own certificate, its intermediates after it. Default: none.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>A PEM file with the key of <see cref="ClientCertificate"/>, not encrypted.</summary>
    public string ClientKey { get; init; } = "";

    /// <summary>The name its certificate must be for, where that isn't the one in its address.</summary>
    public string ServerName { get; init; } = "";
}
