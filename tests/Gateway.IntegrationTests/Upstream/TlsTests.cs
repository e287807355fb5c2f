using System.Net;
using System.Net.Security;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Upstream;

/// <summary>TLS with a backend, in both directions, and each way in which it fails: an outage to the client, a setting to look at in the log.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Tls = "Gateway:Backends:test:Tls";

    private readonly Clock clock = new();
    private readonly TestAuthority authority = new();
    private volatile int handshakes;

    [Fact]
    public async Task A_backend_is_believed_by_an_authority_of_the_settings_and_sees_the_gateways_certificate()
    {
        var gatewaysOwn = authority.Issue("gateway.test");
        await using var backend = await StartBackendAsync(authority.Issue("127.0.0.1"), wantsClient: true);
        await using var gateway = await StartGatewayAsync(
            backend,
            Authority,
            $"{Tls}:ClientCertificate={gatewaysOwn.File}",
            $"{Tls}:ClientKey={gatewaysOwn.KeyFile}"
        );
        await using var client = await gateway.ConnectAsync();

        await client.SubscribeAsync("job-1", 0);
        await client.UntilAsync("replay");

        Assert.Equal("CN=gateway.test", Assert.Single(backend.Calls).Client);
        Assert.Empty(TlsLines(gateway));
    }

    [Fact]
    public async Task A_backend_may_have_a_certificate_for_another_name_where_the_settings_say_so()
    {
        await using var backend = await StartBackendAsync(authority.Issue("optimizer.internal"));
        await using var gateway = await StartGatewayAsync(backend, Authority, $"{Tls}:ServerName=optimizer.internal");
        await using var client = await gateway.ConnectAsync();

        await client.SubscribeAsync("job-1", 0);

        await client.UntilAsync("replay");
    }

    [Fact]
    public async Task Replicas_behind_a_name_have_its_certificate()
    {
        await using var backend = await StartBackendAsync(authority.Issue("optimizer.test"));
        await using var gateway = await TestGateway.StartAsync(
            clock,
            [$"Gateway:Backends:test:Address=dns:///optimizer.test:{backend.Url.Port}", $"{Tls}:Enabled=true", Authority],
            services => services.AddSingleton<NameLookup>((_, _) => Task.FromResult(new[] { IPAddress.Loopback }))
        );
        await using var client = await gateway.ConnectAsync();

        await client.SubscribeAsync("job-1", 0);

        await client.UntilAsync("replay");
    }

    [Fact]
    public async Task An_unknown_authority_is_an_outage_whose_line_names_the_setting()
    {
        using var other = new TestAuthority("Somebody else");
        await using var backend = await StartBackendAsync(other.Issue("127.0.0.1"));
        await using var gateway = await StartGatewayAsync(backend, Authority);

        await AssertOutageAsync(gateway, backend, "(UnknownAuthority)", $"{Tls}:CertificateAuthority");
    }

    [Fact]
    public async Task This_machines_authorities_are_believed_where_none_is_set_and_no_others()
    {
        await using var backend = await StartBackendAsync(authority.Issue("127.0.0.1"));
        await using var gateway = await StartGatewayAsync(backend);

        await AssertOutageAsync(gateway, backend, "(UnknownAuthority)", $"{Tls}:CertificateAuthority");
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_an_outage_whose_line_says_so()
    {
        await using var backend = await StartBackendAsync(authority.Issue("127.0.0.1", daysLeft: -1));
        await using var gateway = await StartGatewayAsync(backend, Authority);

        await AssertOutageAsync(gateway, backend, "(NotInTime)", "has expired");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_an_outage_whose_line_names_the_setting()
    {
        await using var backend = await StartBackendAsync(authority.Issue("elsewhere.test"));
        await using var gateway = await StartGatewayAsync(backend, Authority);

        await AssertOutageAsync(gateway, backend, "(WrongName)", $"{Tls}:ServerName");
    }

    [Fact]
    public async Task A_backend_that_wants_a_certificate_of_the_gateway_is_an_outage_whose_line_names_the_setting()
    {
        await using var backend = await StartBackendAsync(authority.Issue("127.0.0.1"), wantsClient: true);
        await using var gateway = await StartGatewayAsync(backend, Authority);

        await AssertOutageAsync(gateway, backend, "(ClientRefused)", $"{Tls}:ClientCertificate");
    }

    [Fact]
    public async Task A_certificate_of_the_gateway_that_the_backend_does_not_know_is_an_outage_whose_line_names_the_setting()
    {
        using var other = new TestAuthority("Somebody else");
        var unknown = other.Issue("gateway.test");
        await using var backend = await StartBackendAsync(authority.Issue("127.0.0.1"), wantsClient: true);
        await using var gateway = await StartGatewayAsync(
            backend,
            Authority,
            $"{Tls}:ClientCertificate={unknown.File}",
            $"{Tls}:ClientKey={unknown.KeyFile}"
        );

        await AssertOutageAsync(gateway, backend, "(ClientRefused)", $"{Tls}:ClientCertificate");
    }

    [Fact]
    public async Task A_backend_that_speaks_no_TLS_is_an_outage_whose_line_says_so()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(new UriBuilder(backend.Url) { Scheme = "https" }.Uri, clock, Authority);

        await AssertOutageAsync(gateway, backend, "(NoHandshake)", "speaks TLS");
    }

    [Fact]
    public async Task Files_that_change_are_used_by_the_next_connections_without_a_restart_and_broken_ones_are_not()
    {
        var first = authority.Issue("gateway.one");
        var second = authority.Issue("gateway.two");
        await using var backend = await StartBackendAsync(authority.Issue("127.0.0.1"), wantsClient: true);
        await using var gateway = await StartGatewayAsync(
            backend,
            Authority,
            $"{Tls}:ClientCertificate={first.File}",
            $"{Tls}:ClientKey={first.KeyFile}"
        );
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);
        await client.UntilAsync("replay");

        // Between the two writes the certificate doesn't fit the key.
        File.Copy(second.File, first.File, overwrite: true);
        await clock.RunForAsync(TimeSpan.FromSeconds(11));
        await client.SubscribeAsync("job-2", 0);
        await client.UntilAsync("replay");
        File.Copy(second.KeyFile, first.KeyFile, overwrite: true);
        await clock.RunForAsync(TimeSpan.FromSeconds(11));
        await client.SubscribeAsync("job-3", 0);
        await client.UntilAsync("replay");

        Assert.Equal(["CN=gateway.one", "CN=gateway.one", "CN=gateway.two"], backend.Calls.Select(call => call.Client));
        Assert.Equal(2, gateway.Log.GetSnapshot().Count(line => line.Message.Contains("TLS files have changed", StringComparison.Ordinal)));
        Assert.Equal(3, gateway.UpstreamStreams);
    }

    [Fact]
    public async Task An_authority_that_is_put_right_ends_the_outage()
    {
        using var wrong = new TestAuthority("Somebody else");
        await using var backend = await StartBackendAsync(authority.Issue("127.0.0.1"));
        await using var gateway = await StartGatewayAsync(backend, $"{Tls}:CertificateAuthority={wrong.RootFile}");
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);
        await clock.RunUntilAsync(() => client.Received.Count > 0, TimeSpan.FromSeconds(20), "it was told");

        File.Copy(authority.RootFile, wrong.RootFile, overwrite: true);
        await clock.RunForAsync(TimeSpan.FromSeconds(11));
        await client.SubscribeAsync("job-1", 0);

        await client.UntilAsync("replay");
    }

    public void Dispose() => authority.Dispose();

    private string Authority => $"{Tls}:CertificateAuthority={authority.RootFile}";

    private static List<string> TlsLines(TestGateway gateway) =>
        [.. gateway.Log.GetSnapshot().Select(line => line.Message).Where(line => line.Contains("TLS fails", StringComparison.Ordinal))];

    private Task<ScriptedBackend> StartBackendAsync(TestCertificate certificate, bool wantsClient = false) =>
        StartBackendAsync(
            new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate.WithKey,
                ClientCertificateMode = wantsClient ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate,
                ClientCertificateValidation = (shown, _, _) => authority.IsSigner(shown),
                OnAuthenticate = (_, _) => Interlocked.Increment(ref handshakes),
            }
        );

    private static async Task<ScriptedBackend> StartBackendAsync(HttpsConnectionAdapterOptions https)
    {
        var backend = await ScriptedBackend.StartAsync(configure: listen => listen.UseHttps(https));
        return backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))));
    }

    private Task<TestGateway> StartGatewayAsync(ScriptedBackend backend, params string[] settings) =>
        TestGateway.StartAsync(backend.Url, clock, settings);

    /// <summary>The client hears that the backend is away and nothing more; the log has one line about TLS, without a path or a key.</summary>
    private async Task AssertOutageAsync(TestGateway gateway, ScriptedBackend backend, params string[] said)
    {
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("job-1", 0);
        await clock.RunUntilAsync(() => client.Received.Count > 0, TimeSpan.FromSeconds(20), "it was told");
        JsonObject error = await client.NextAsync("error");

        Assert.Equal(("backend_unavailable", true), ((string?)error["code"], (bool)error["retryable"]!));
        Assert.DoesNotContain(backend.Url.Authority, error.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", error.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(backend.Calls);
        var line = Assert.Single(TlsLines(gateway));
        Assert.All(said, words => Assert.Contains(words, line, StringComparison.Ordinal));
        Assert.DoesNotContain(Path.GetTempPath(), line, StringComparison.Ordinal);
        if (backend.Url.Scheme == "https")
        {
            Assert.InRange(handshakes, 2, 100);
        }
    }
}
