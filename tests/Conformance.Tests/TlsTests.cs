using System.Net.Security;
using Grpc.Core;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>Backends behind TLS on both sides, and with a key.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task It_trusts_an_authority_of_its_own_shows_its_certificate_and_sends_metadata()
    {
        await using var backend = await StartAsync();
        var own = authority.Issue("kit");

        var run = await KitRun.OfAsync(
            $"--backend={Https(backend)}",
            $"--ca={authority.RootFile}",
            $"--cert={own.File}",
            $"--key={own.KeyFile}",
            "--metadata=X-Api-Key=one=two",
            "--rule=not-found",
            "--json"
        );

        Assert.Equal("pass", (string?)Assert.Single(run.Rules)["verdict"]);
        Assert.All(backend.Calls, call => Assert.Equal(("CN=kit", "one=two"), (call.Client, call.Headers.GetValue("x-api-key"))));
    }

    [Fact]
    public async Task Where_it_does_not_come_about_the_options_for_it_are_named()
    {
        await using var backend = await StartAsync();
        using var other = new TestAuthority();

        var distrusted = await KitRun.OfAsync($"--backend={Https(backend)}", $"--ca={other.RootFile}");
        var plain = await KitRun.OfAsync(
            $"--backend={backend.Url.GetLeftPart(UriPartial.Authority).Replace("https", "http", StringComparison.Ordinal)}"
        );

        Assert.Contains("and no gRPC call over TLS comes about", distrusted.Errors, StringComparison.Ordinal);
        Assert.EndsWith("See --ca, --cert and --key.", distrusted.Errors.TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith("where it speaks TLS give https://.", plain.Errors.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal((3, 3), (distrusted.ExitCode, plain.ExitCode));
    }

    [Fact]
    public async Task A_key_that_does_not_fit_is_said_to_before_anything_is_tried()
    {
        var (own, other) = (authority.Issue("kit"), authority.Issue("another"));

        var run = await KitRun.OfAsync("--backend=https://127.0.0.1:1", $"--cert={own.File}", $"--key={other.KeyFile}");

        Assert.Equal($"--key is '{other.KeyFile}', which is no PEM file of that kind, or doesn't fit the other one.", run.Errors.Trim());
        Assert.Equal(2, run.ExitCode);
    }

    private async Task<ScriptedBackend> StartAsync()
    {
        var certificate = authority.Issue("127.0.0.1");
        var backend = await ScriptedBackend.StartAsync(configure: listen =>
            listen.UseHttps(
                new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate.WithKey,
                    ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                    ClientCertificateValidation = (client, _, _) => authority.IsSigner(client),
                }
            )
        );
        return backend.Always(ScriptedBackend.Fail(StatusCode.NotFound));
    }

    private static string Https(ScriptedBackend backend) => $"https://{backend.Url.Authority}";
}
