namespace OptimizationGateway.Gateway.Backends;

/// <summary>The identity of a backend and of the gateway to it: the settings under <c>Gateway:Backends:&lt;name&gt;:Tls</c>.</summary>
internal sealed record TlsOptions
{
    /// <summary>
    /// True if a <c>dns:///</c> address uses TLS; the scheme of a URL decides by itself. Default: by the scheme; false for dns:///.
    /// </summary>
    public bool? Enabled { get; init; }

    /// <summary>
    /// A PEM file with the authorities that may sign its certificate, instead of this machine's. Default: this machine's.
    /// </summary>
    public string CertificateAuthority { get; init; } = "";

    /// <summary>A PEM file with the gateway's own certificate, its intermediates after it. Default: none.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>A PEM file with the key of <see cref="ClientCertificate"/>, not encrypted.</summary>
    public string ClientKey { get; init; } = "";

    /// <summary>The name that its certificate must be for, if it isn't the one in its address.</summary>
    public string ServerName { get; init; } = "";
}
