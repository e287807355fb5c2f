using System.Net.Security;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>TLS with one backend. Its files are checked every 10 s; new connections use their present contents.</summary>
internal sealed class BackendTls
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly string backend;
    private readonly TlsOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly TlsFailureLog failures;
    private TlsFiles files;
    private string fingerprint;
    private long lookedAt;

    public BackendTls(string backend, TlsOptions options, TimeProvider time, ILogger logger)
    {
        this.backend = backend;
        this.options = options;
        this.time = time;
        this.logger = logger;
        failures = new TlsFailureLog(backend, logger);
        fingerprint = TlsFiles.Fingerprint(options);
        lookedAt = time.GetTimestamp();
        var faults = new List<string>();
        files = Read(faults) ?? throw new InvalidOperationException(string.Join("; ", faults));
    }

    /// <summary>The files for new connections. A connection made with other files carries no further stream.</summary>
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

    /// <summary>The name that its certificate must be for; empty for the name in its address.</summary>
    public string ServerName => options.ServerName;

    public TlsHandshake NewHandshake() => new(failures);

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
