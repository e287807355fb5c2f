using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OptimizationGateway.Conformance.Options;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>Whom the kit trusts, and what it shows of itself.</summary>
internal sealed class BackendTls : IDisposable
{
    private readonly X509Certificate2Collection authorities = [];
    private readonly SslStreamCertificateContext? own;

    /// <exception cref="BadOptionException">A file is no such file.</exception>
    public BackendTls(KitOptions options)
    {
        if (options.Authority is { } authority)
        {
            Read("--ca", authority, () => authorities.ImportFromPemFile(authority));
            if (authorities.Count == 0)
            {
                throw new BadOptionException($"--ca is '{authority}', and there is no certificate in it.");
            }
        }

        if (options is { Certificate: { } certificate, Key: { } key })
        {
            var chain = new X509Certificate2Collection();
            Read("--cert", certificate, () => chain.ImportFromPemFile(certificate));
            var withKey = Read("--key", key, () => X509Certificate2.CreateFromPemFile(certificate, key));
            own = SslStreamCertificateContext.Create(withKey, [.. chain.Skip(1)], offline: true);
        }
    }

    public SslClientAuthenticationOptions NewOptions()
    {
        var options = new SslClientAuthenticationOptions { ClientCertificateContext = own };
        if (authorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    public void Dispose()
    {
        foreach (var authority in authorities)
        {
            authority.Dispose();
        }

        own?.TargetCertificate.Dispose();
    }

    private static void Read(string option, string file, Action read) =>
        Read(
            option,
            file,
            () =>
            {
                read();
                return true;
            }
        );

    private static T Read<T>(string option, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // What the library says of it could quote the file.
            throw new BadOptionException($"{option} is '{file}', which is no PEM file of that kind, or doesn't fit the other one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadOptionException($"{option} is '{file}', which can't be read.");
        }
    }
}
