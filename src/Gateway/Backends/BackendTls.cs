using System.Net.Security;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>TLS with one backend. Its files are looked at again now and then: new connections are made with what is in them by then.</summary>
internal sealed class BackendTls
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly string backend;
    private readonly TlsOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly TlsTrouble trouble;
    private TlsFiles files;
    private string fingerprint;
    private long lookedAt;

    public BackendTls(string backend, TlsOptions options, TimeProvider time, ILogger logger)
    {
        this.backend = backend;
        this.options = options;
        this.time = time;
        this.logger = logger;
        trouble = new TlsTrouble(backend, logger);
        fingerprint = TlsFiles.Fingerprint(options);
        lookedAt = time.GetTimestamp();
        var faults = new List<string>();
        files = Read(faults) ?? throw new InvalidOperationException(string.Join("; ", faults));
    }

    /// <summary>What connections are to be made with now. Those made with other files are to carry no further stream.</summary>
    public TlsFiles Files
    {
        get
        {
            lock (gate)
            {
                if (time.GetElapsedTime(lookedAt) >= LooksEvery)
                {
                    lookedAt = time.GetTimestamp();
                    LookAgain();
                }

                return files;
            }
        }
    }

    /// <summary>The name its certificate must be for; empty: the one in its address.</summary>
    public string ServerName => options.ServerName;

    public TlsHandshake NewHandshake() => new(trouble);

    public static SslClientAuthenticationOptions OptionsOf(TlsFiles with, TlsHandshake handshake) =>
        new()
        {
            CertificateChainPolicy = with.Trust,
            ClientCertificateContext = with.Client,
            RemoteCertificateValidationCallback = handshake.Judge,
        };

    private TlsFiles? Read(List<string> faults) => TlsFiles.Read($"Gateway:Backends:{backend}:Tls", options, faults);

    private void LookAgain()
    {
        // Certificate and key may be caught between two writes: what doesn't fit is looked at again.
        try
        {
            var now = TlsFiles.Fingerprint(options);
            if (now == fingerprint)
            {
                return;
            }

            var faults = new List<string>();
            fingerprint = now;
            if (Read(faults) is { } read)
            {
                // The old ones stay in the connections that were made with them, and go with these.
                files = read;
                BackendLog.TakesNewFiles(logger, backend);
            }
            else
            {
                BackendLog.KeepsOldFiles(logger, backend, string.Join("; ", faults));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Exchanged in this moment.
        }
    }
}
