using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>What is known of TLS on one channel. The client library reports its failures as any broken transport.</summary>
internal sealed class TlsHandshake(TlsTrouble trouble)
{
    private enum State
    {
        None,

        /// <summary>The backend's certificate is fine; nothing has come yet.</summary>
        Trusted,
        Answered,

        /// <summary>It failed, and the log knows why.</summary>
        Failed,
    }

    private volatile State state;

    /// <summary>The last word on the backend's certificate: never a softer one than the library's.</summary>
    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            state = State.Trusted;
            return true;
        }

        state = State.Failed;
        trouble.Tell(ReasonOf(chain, errors));
        return false;
    }

    /// <summary>Something came.</summary>
    public void Answered()
    {
        state = State.Answered;
        trouble.End();
    }

    /// <summary>A stream broke.</summary>
    /// <param name="transport">What the transport says of it.</param>
    public void Broke(Exception? transport)
    {
        if (Interlocked.CompareExchange(ref state, State.Failed, State.Trusted) == State.Trusted)
        {
            trouble.Tell(TlsReason.ClientRefused);
        }
        else if (state == State.None && IsTls(transport))
        {
            trouble.Tell(TlsReason.NoHandshake);
        }
    }

    private static TlsReason ReasonOf(X509Chain? chain, SslPolicyErrors errors)
    {
        var statuses = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var isUnknown =
            (statuses & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError;
        return statuses.HasFlag(X509ChainStatusFlags.NotTimeValid) && !isUnknown ? TlsReason.NotInTime
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && !isUnknown ? TlsReason.WrongName
            : TlsReason.UnknownAuthority;
    }

    private static bool IsTls(Exception? e) =>
        e is AuthenticationException or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
        || (e?.InnerException is { } inner && IsTls(inner));
}
