using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>The contents of a backend's certificate files at one moment.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly X509Certificate2Collection authorities = [];
    private readonly X509Certificate2Collection own = [];

    private TlsFiles() { }

    /// <summary>The authorities that may sign the backend's certificate; null for those that this machine trusts.</summary>
    public X509ChainPolicy? Trust { get; private set; }

    /// <summary>The gateway's own certificate with its intermediates; null if there is none.</summary>
    public SslStreamCertificateContext? Client { get; private set; }

    /// <summary>Reads the files.</summary>
    /// <param name="path">The settings, <c>Gateway:Backends:name:Tls</c>.</param>
    /// <param name="options">The settings.</param>
    /// <param name="faults">Receives the faults in them.</param>
    /// <returns>Null if there is a fault.</returns>
    public static TlsFiles? Read(string path, TlsOptions options, List<string> faults)
    {
        var files = new TlsFiles();
        try
        {
            var isRead =
                Try($"{path}:{nameof(options.CertificateAuthority)}", options.CertificateAuthority, files.ReadAuthorities, faults)
                    & Try($"{path}:{nameof(options.ClientCertificate)}", options.ClientCertificate, files.ReadOwnChain, faults)
                && Try(
                    $"{path}:{nameof(options.ClientKey)}",
                    options.ClientKey,
                    key => files.ReadOwn(options.ClientCertificate, key),
                    faults
                );
            if (isRead)
            {
                var read = files;
                files = null;
                return read;
            }

            return null;
        }
        finally
        {
            files?.Dispose();
        }
    }

    /// <summary>
    /// Returns a hash of the files that shows a change. Their times don't: a mounted secret is a link whose target is exchanged.
    /// </summary>
    public static string Fingerprint(TlsOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in new[] { options.CertificateAuthority, options.ClientCertificate, options.ClientKey })
        {
            if (file.Length > 0 && File.Exists(file))
            {
                hash.AppendData(File.ReadAllBytes(file));
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        foreach (var certificate in authorities.Concat(own))
        {
            certificate.Dispose();
        }

        Client?.TargetCertificate.Dispose();
    }

    private static bool Try(string setting, string file, Action<string> read, List<string> faults)
    {
        if (file.Length == 0)
        {
            return true;
        }

        try
        {
            read(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{setting} is '{file}', which can't be read.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // What the library says of it could quote the file.
            faults.Add($"{setting} is '{file}', which is no PEM file of that kind, or doesn't fit the other one.");
        }

        return false;
    }

    private void ReadAuthorities(string file)
    {
        authorities.ImportFromPemFile(file);
        if (authorities.Count == 0)
        {
            throw new CryptographicException();
        }

        Trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        Trust.CustomTrustStore.AddRange(authorities);
    }

    private void ReadOwnChain(string file)
    {
        own.ImportFromPemFile(file);
        if (own.Count == 0)
        {
            throw new CryptographicException();
        }
    }

    private void ReadOwn(string certificateFile, string keyFile)
    {
        if (certificateFile.Length == 0)
        {
            return;
        }

        var withKey = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        if (OperatingSystem.IsWindows())
        {
            // Its TLS takes no key that is only in memory.
            using var inMemory = withKey;
            withKey = X509CertificateLoader.LoadPkcs12(inMemory.Export(X509ContentType.Pfx), password: null);
        }

        Client = SslStreamCertificateContext.Create(withKey, [.. own.Skip(1)], offline: true);
    }
}
