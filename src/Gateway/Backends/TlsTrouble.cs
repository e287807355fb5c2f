namespace OptimizationGateway.Gateway.Backends;

/// <summary>Tells the log why TLS with a backend fails and where to look: each reason once, until the backend answers.</summary>
/// <param name="backend">The backend's name.</param>
/// <param name="logger">Where it is told.</param>
internal sealed class TlsTrouble(string backend, ILogger logger)
{
    private readonly Lock gate = new();
    private TlsReason? told;

    public void Tell(TlsReason reason)
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

    /// <summary>The backend has answered.</summary>
    public void End()
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
