using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OptimizationGateway.Testing;

/// <summary>A certificate authority of a test's own, whose certificates are files as an operator has them.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-tls-");
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;

    public TestAuthority(string name = "Test authority")
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(RootFile, root.ExportCertificatePem());
    }

    /// <summary>Its own certificate, as PEM.</summary>
    public string RootFile => Path.Combine(folder.FullName, "root.pem");

    /// <summary>Whether it signed this certificate.</summary>
    public bool IsSigner(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { root },
            },
        };
        return chain.Build(certificate);
    }

    /// <summary>A certificate for a server or a client.</summary>
    /// <param name="name">For whom: a host name, or an address.</param>
    /// <param name="daysLeft">How long it is valid; below 0 it has expired.</param>
    public TestCertificate Issue(string name, int daysLeft = 10)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(
            root,
            DateTimeOffset.UtcNow.AddDays(-20),
            DateTimeOffset.UtcNow.AddDays(daysLeft),
            RandomNumberGenerator.GetBytes(8)
        );
        using var withKey = issued.CopyWithPrivateKey(own);
        var file = Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText($"{file}.pem", issued.ExportCertificatePem());
        File.WriteAllText($"{file}.key", own.ExportPkcs8PrivateKeyPem());
        return new TestCertificate(
            $"{file}.pem",
            $"{file}.key",
            X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), password: null)
        );
    }

    public void Dispose()
    {
        root.Dispose();
        key.Dispose();
        folder.Delete(recursive: true);
    }
}
