namespace OptimizationGateway.Gateway.Backends;

/// <summary>Why TLS with a backend fails, as far as this side can tell.</summary>
internal enum TlsReason
{
    /// <summary>Its certificate is signed by nobody who is trusted.</summary>
    UnknownAuthority,

    /// <summary>Its certificate, or one that it depends on, has expired or isn't valid yet.</summary>
    NotInTime,

    /// <summary>Its certificate is for another name.</summary>
    WrongName,

    /// <summary>It ended the connection after the handshake, before any answer: with TLS 1.3 this is how a client certificate is refused.</summary>
    ClientRefused,

    /// <summary>No handshake came about.</summary>
    NoHandshake,
}
