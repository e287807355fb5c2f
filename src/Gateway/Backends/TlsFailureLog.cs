namespace OptimizationGateway.Gateway.Backends;

/// <summary>Logs the reason for which TLS with a backend fails, and the remedy: each reason once, until the backend answers.</summary>
/// <param name="backend">The backend's name.</param>
/// <param name="logger">The log.</param>
internal sealed class TlsFailureLog(string backend, ILogger logger)
{
    private readonly Lock gate = new();
    private TlsReason? told;

    /// <summary>Logs a failure, unless it was the last one logged.</summary>
    public void Add(TlsReason reason)
    {
        lock (gate)
        {
            if (told == reason)
            {
                return;
            }

            told = reason;
        }

        BackendLog.TlsFails(logger, backend, reason, Remedy(reason));
    }

    /// <summary>Forgets the failure, since the backend has answered.</summary>
    public void Clear()
    {
        lock (gate)
        {
            told = null;
        }
    }

    private string Remedy(TlsReason reason)
    {
        var tls = $"Gateway:Backends:{backend}:Tls";
        return reason switch
        {
            TlsReason.UnknownAuthority => $"Its certificate is signed by nobody who is trusted: see {tls}:CertificateAuthority.",
            TlsReason.NotInTime => "Its certificate has expired or isn't valid yet: renew it there, and look at this machine's clock.",
            TlsReason.WrongName => $"Its certificate is for another name: see {tls}:ServerName, or the name in its address.",
            TlsReason.ClientRefused =>
                $"It ended the connection after the handshake, as one does that wants another certificate of the gateway: see {tls}:ClientCertificate.",
            TlsReason.NoHandshake =>
                $"There was no handshake: look whether it speaks TLS there, and wants a certificate of the gateway ({tls}:ClientCertificate).",
            _ => throw new ArgumentOutOfRangeException(nameof(reason)),
        };
    }
}
