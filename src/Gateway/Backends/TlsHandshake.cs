using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>The state of TLS on one channel. The client library reports a failure of TLS like any other broken transport.</summary>
internal sealed class TlsHandshake(TlsFailureLog failures)
{
    private enum State
    {
        None,

        /// <summary>The backend's certificate is trusted; nothing has come yet.</summary>
        Trusted,
        Answered,

        /// <summary>It failed, and the reason was logged.</summary>
        Failed,
    }

    private volatile State state;

    /// <summary>Judges the backend's certificate, never more leniently than the library.</summary>
    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            state = State.Trusted;
            return true;
        }

        state = State.Failed;
        failures.Add(ReasonOf(chain, errors));
        return false;
    }

    /// <summary>Records that a message has come.</summary>
    public void Answered()
    {
        state = State.Answered;
        failures.Clear();
    }

    /// <summary>Records that a stream broke.</summary>
    /// <param name="transport">The transport's exception.</param>
    public void Broke(Exception? transport)
    {
        if (Interlocked.CompareExchange(ref state, State.Failed, State.Trusted) == State.Trusted)
        {
            failures.Add(TlsReason.ClientRefused);
        }
        else if (state == State.None && IsTls(transport))
        {
            failures.Add(TlsReason.NoHandshake);
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
