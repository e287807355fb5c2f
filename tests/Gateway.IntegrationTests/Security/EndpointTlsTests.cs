using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>The gateway's own TLS, as docs/security.md configures it.</summary>
public sealed class EndpointTlsTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly KeyFolder keys = new();

    public void Dispose()
    {
        authority.Dispose();
        keys.Dispose();
    }

    [Fact]
    public async Task A_client_that_trusts_the_certificate_watches_over_wss()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 0), Say.Live(Say.Event(1))));
        await using var gateway = await StartAsync(backend.Url);
        Assert.Equal("wss", gateway.SocketUrl.Scheme);
        await using var client = await TestClient.ConnectAsync(
            gateway.SocketUrl,
            options =>
            {
                options.RemoteCertificateValidationCallback = IsTrusted;
                options.AddSubProtocol("optimization.v1");
                options.AddSubProtocol($"bearer.{JwtText.Make(keys.Ec)}");
                options.SetRequestHeader("Origin", gateway.HttpUrl.GetLeftPart(UriPartial.Authority));
            }
        );
        await client.SubscribeAsync("job-1");
        await client.UntilAsync("event");
    }

    private Task<TestGateway> StartAsync(Uri backend)
    {
        var certificate = authority.Issue("127.0.0.1");
        return TestGateway.StartAsync(
            backend,
            time: null,
            [
                "Kestrel:Endpoints:Https:Url=https://127.0.0.1:0",
                $"Kestrel:Endpoints:Https:Certificate:Path={certificate.File}",
                $"Kestrel:Endpoints:Https:Certificate:KeyPath={certificate.KeyFile}",
                keys.PemSetting,
                .. JwtText.Settings,
            ]
        );
    }

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is X509Certificate2 shown && authority.IsSigner(shown);
}
