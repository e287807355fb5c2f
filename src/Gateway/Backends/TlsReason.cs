namespace OptimizationGateway.Gateway.Backends;

/// <summary>The reasons for which TLS with a backend fails, as far as the gateway can tell.</summary>
internal enum TlsReason
{
    /// <summary>Its certificate isn't signed by a trusted authority.</summary>
    UnknownAuthority,

    /// <summary>Its certificate, or one that it depends on, has expired or isn't valid yet.</summary>
    NotInTime,

    /// <summary>Its certificate is for another name.</summary>
    WrongName,

    /// <summary>
    /// It ended the connection after the handshake and before any answer: with TLS 1.3 a client certificate is refused in this way.
    /// </summary>
    ClientRefused,

    /// <summary>There was no handshake.</summary>
    NoHandshake,
}
