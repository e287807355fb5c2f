using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>A log server that others can reach: TLS, HTTP/2, and tokens of an authority.</summary>
public sealed class ListeningTests
{
    [Fact]
    public async Task With_a_certificate_it_is_reached_by_https_and_http2()
    {
        using var folder = new TempFolder();
        var (certificate, key) = Certificate(folder);
        await using var run = await LogServerRun.StartAsync(
            clock: null,
            "HttpUrl=https://127.0.0.1:0",
            $"/Kestrel:Certificates:Default:Path={certificate}",
            $"/Kestrel:Certificates:Default:KeyPath={key}"
        );
        using var trusting = new SocketsHttpHandler();
        trusting.SslOptions.RemoteCertificateValidationCallback = (_, sent, _, _) => sent?.Subject == "CN=localhost";
        using var http = new HttpClient(trusting) { DefaultRequestVersion = HttpVersion.Version20 };
        using var answer = await http.PutAsync(new Uri(run.HttpUrl, "/jobs/secret/events"), content: null, Deadline.Token);

        Assert.Equal((201, HttpVersion.Version20), ((int)answer.StatusCode, answer.Version));
        Assert.Equal(new Uri(run.HttpUrl, "/jobs/secret/events"), answer.Headers.Location);
    }

    [Fact]
    public async Task With_an_authority_it_listens_everywhere_and_takes_the_authoritys_tokens()
    {
        using var key = TestKey.Rsa();
        await using var authority = await TokenAuthority.StartAsync(key);
        await using var run = await LogServerRun.StartAsync(
            clock: null,
            "HttpUrl=http://0.0.0.0:0",
            $"Auth:Authority={authority.Url}",
            $"Auth:Issuer={JwtText.Issuer}",
            $"Auth:Audience={JwtText.Audience}",
            "Auth:AppendClaim=scope"
        );
        run.Client.Token = JwtText.Make(key, claims => claims["scope"] = "mine-*");
        using var mine = await run.Client.AppendAsync("mine-1", LogServerClient.Note);
        using var theirs = await run.Client.AppendAsync("theirs-1", LogServerClient.Note);

        Assert.Equal((204, 403), ((int)mine.StatusCode, (int)theirs.StatusCode));
    }

    private static (string Certificate, string Key) Certificate(TempFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (folder.Write(certificate.ExportCertificatePem()), folder.Write(key.ExportPkcs8PrivateKeyPem()));
    }
}
