using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>What counts of X-Forwarded-…, and whose word it is. <see cref="DeployedProxyTests" /> has real proxies.</summary>
public sealed class ProxiesTests
{
    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.7, ", "192.0.2.7")]
    [InlineData("192.0.2.7:4711", "192.0.2.7")]
    [InlineData("2001:db8:0:1::7", "2001:db8:0:1:ffff::1")]
    [InlineData("[2001:db8:0:1::7]:4711", "2001:db8:0:1::7")]
    // What the client has written itself stands before what its proxy has.
    [InlineData("198.51.100.1, 192.0.2.7", "203.0.113.5, 192.0.2.7")]
    [InlineData("nonsense, 192.0.2.7", "192.0.2.7")]
    // A chain: the known ones are passed, and the first that isn't known is the client.
    [InlineData("192.0.2.7, 10.0.3.9", "192.0.2.7")]
    [InlineData("198.51.100.1, 192.0.2.7, 10.0.3.9, 10.0.3.8", "192.0.2.7, 10.0.3.1")]
    public async Task A_client_behind_a_known_proxy_counts_by_its_own_address(string first, string second)
    {
        await using var gateway = await StartAsync("127.0.0.1, 10.0.3.0/24");
        await using var client = await ConnectAsync(gateway, ("X-Forwarded-For", first));

        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusalAsync(gateway, ("X-Forwarded-For", second)));

        await using var other = await ConnectAsync(gateway, ("X-Forwarded-For", "192.0.2.8"));
        await client.CloseAsync();
        await TestGateway.EventuallyAsync(() => gateway.Connections == 1, "the first has left");
        await using var again = await ConnectAsync(gateway, ("X-Forwarded-For", second));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("unknown")]
    [InlineData("192.0.2.7, 999.1.1.1")]
    [InlineData("192.0.2.7;192.0.2.8")]
    [InlineData("192.0.2.7\t127.0.0.1")]
    public async Task Where_a_known_proxy_says_nothing_readable_it_counts_itself(string forwardedFor)
    {
        await using var gateway = await StartAsync("203.0.113.1", From("203.0.113.1"));
        await using var client = await ConnectAsync(gateway, ("X-Forwarded-For", forwardedFor));

        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusalAsync(gateway, ("X-Forwarded-For", forwardedFor)));
        await using var readable = await ConnectAsync(gateway, ("X-Forwarded-For", "192.0.2.7"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("203.0.113.2, 203.0.112.0/24, 2001:db8::/32")]
    public async Task A_strangers_word_about_its_address_changes_nothing(string known)
    {
        await using var gateway = await StartAsync(known, From("203.0.113.1"));
        await using var client = await ConnectAsync(gateway, ("X-Forwarded-For", "192.0.2.7"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusalAsync(gateway, ("X-Forwarded-For", "192.0.2.8")));
        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusalAsync(gateway, ("X-Forwarded-For", "203.0.113.2")));
        var line = Assert.Single(
            gateway.Log.GetSnapshot(),
            record => record.Message.StartsWith("X-Forwarded-For", StringComparison.Ordinal)
        );
        Assert.Contains("from 203.0.113.1 is ignored, since Gateway:Proxies:Known", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_platform_says_of_forwarded_headers_changes_nothing()
    {
        // ASPNETCORE_FORWARDEDHEADERS_ENABLED, which makes ASP.NET believe everyone. Loopback, where both come from, isn't counted.
        await using var gateway = await StartAsync(known: "", services: null, "ForwardedHeaders_Enabled=true");
        await using var first = await ConnectAsync(gateway, ("X-Forwarded-For", "192.0.2.7"));

        await using var second = await ConnectAsync(gateway, ("X-Forwarded-For", "192.0.2.7"));

        Assert.Single(await second.SettleAsync());
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "optimizer.example.com", "https://optimizer.example.com")]
    [InlineData("X-Forwarded-Host", "optimizer.example.com:8443", "https://optimizer.example.com:8443")]
    // A proxy before the nearest may have said something else, or the client itself.
    [InlineData("X-Forwarded-Host", "evil.example, optimizer.example.com", "https://optimizer.example.com")]
    public async Task Host_and_origin_are_judged_by_what_a_known_proxy_says(string header, string value, string origin)
    {
        await using var gateway = await StartAsync("127.0.0.1", services: null, "Gateway:Security:AllowedHosts=optimizer.example.com");
        (string, string)[] headers =
        [
            ("X-Forwarded-For", "192.0.2.7"),
            ("X-Forwarded-Proto", "https"),
            (header, value),
            ("Origin", origin),
        ];

        await using var client = await ConnectAsync(gateway, headers);

        Assert.Single(await client.SettleAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await RefusalAsync(gateway, [.. headers[..3], ("Origin", "https://evil.example")]));
    }

    [Theory]
    [InlineData("127.0.0.1", "evil.example", "host_not_allowed")]
    [InlineData("", "optimizer.example.com", "origin_not_allowed")]
    [InlineData("203.0.113.2", "optimizer.example.com", "origin_not_allowed")]
    public async Task A_host_that_is_not_allowed_stays_so_and_a_strangers_word_about_it_changes_nothing(
        string known,
        string host,
        string code
    )
    {
        await using var gateway = await StartAsync(known, services: null, "Gateway:Security:AllowedHosts=optimizer.example.com");

        var problem = await ProblemAsync(
            gateway,
            ("X-Forwarded-For", "192.0.2.7"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", host),
            ("Origin", $"https://{host}")
        );

        Assert.Equal(code, (string?)problem["code"]);
    }

    [Theory]
    [InlineData("optimizer.example.com", "https", "https://optimizer.example.com", true)]
    [InlineData("optimizer.example.com:443", "https", "https://optimizer.example.com", true)]
    [InlineData("optimizer.example.com", "http", "http://optimizer.example.com", true)]
    // Who is on the way can put a page there, and this one can't be.
    [InlineData("optimizer.example.com", "https", "http://optimizer.example.com", false)]
    [InlineData("optimizer.example.com:8443", "https", "http://optimizer.example.com:8443", false)]
    // A proxy that ends TLS and doesn't say so.
    [InlineData("optimizer.example.com:8443", "http", "https://optimizer.example.com:8443", true)]
    [InlineData("optimizer.example.com:443", "http", "https://optimizer.example.com", true)]
    [InlineData("optimizer.example.com:443", "http", "http://optimizer.example.com", false)]
    [InlineData("optimizer.example.com:80", "http", "http://optimizer.example.com", true)]
    [InlineData("optimizer.example.com:80", "https", "https://optimizer.example.com", false)]
    // A WebSocket's own schemes, as Traefik writes them.
    [InlineData("optimizer.example.com", "wss", "https://optimizer.example.com", true)]
    [InlineData("optimizer.example.com:443", "wss", "https://optimizer.example.com", true)]
    [InlineData("optimizer.example.com", "wss", "http://optimizer.example.com", false)]
    [InlineData("optimizer.example.com", "WSS", "http://optimizer.example.com", false)]
    [InlineData("optimizer.example.com", "ws", "http://optimizer.example.com", true)]
    [InlineData("optimizer.example.com:80", "ws", "http://optimizer.example.com", true)]
    // No scheme of HTTP: as if the proxy had said nothing.
    [InlineData("optimizer.example.com", "on", "http://optimizer.example.com", true)]
    public async Task The_scheme_is_the_one_that_the_client_used(string host, string scheme, string origin, bool isSame)
    {
        await using var gateway = await StartAsync("127.0.0.1", services: null, "Gateway:Security:AllowedHosts=optimizer.example.com");
        (string, string)[] headers =
        [
            ("X-Forwarded-For", "192.0.2.7"),
            ("X-Forwarded-Proto", scheme),
            ("X-Forwarded-Host", host),
            ("Origin", origin),
        ];

        Assert.Equal(isSame ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, await RefusalAsync(gateway, headers));
    }

    /// <summary>Each row says which entry of <c>X-Forwarded-Host</c> counts: one that isn't listed in AllowedHosts is refused.</summary>
    [Theory]
    // Without X-Forwarded-For only the nearest proxy is known to have written anything.
    [InlineData(null, "localhost, evil.example", false)]
    [InlineData(null, "optimizer.example.com, evil.example", false)]
    [InlineData(null, "evil.example, optimizer.example.com", true)]
    [InlineData("", "localhost, evil.example", false)]
    // More entries than there were hops.
    [InlineData("192.0.2.7", "localhost, evil.example", false)]
    [InlineData("10.0.3.9", "localhost, evil.example", false)]
    [InlineData("10.0.3.9", "evil.example, optimizer.example.com", true)]
    // A chain: the outermost known proxy's entry counts, and not what stands before it.
    [InlineData("192.0.2.7, 10.0.3.9", "optimizer.example.com, inner.example", true)]
    [InlineData("192.0.2.7, 10.0.3.9", "localhost, evil.example, inner.example", false)]
    [InlineData("198.51.100.1, 192.0.2.7", "localhost, evil.example", false)]
    // A chain in which not every proxy adds its entry.
    [InlineData("192.0.2.7, 10.0.3.9, 10.0.3.8", "localhost, evil.example", false)]
    [InlineData("192.0.2.7, 10.0.3.9, 10.0.3.8", "optimizer.example.com", true)]
    public async Task Of_a_list_of_hosts_the_entry_that_a_known_proxy_wrote_counts(string? forwardedFor, string hosts, bool isListed)
    {
        await using var gateway = await StartAsync(
            "127.0.0.1, 10.0.3.0/24",
            services: null,
            "Gateway:Security:AllowedHosts=optimizer.example.com"
        );
        List<(string, string)> headers = [("X-Forwarded-Host", hosts)];
        if (forwardedFor is not null)
        {
            headers.Add(("X-Forwarded-For", forwardedFor));
        }

        Assert.Equal(isListed ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, await RefusalAsync(gateway, [.. headers]));
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "optimizer.example.com, ")]
    [InlineData("X-Forwarded-Host", "optimizer.example.com,,")]
    [InlineData("X-Forwarded-Host", "\"optimizer.example.com, \"")]
    public async Task A_known_proxy_that_says_nothing_does_not_make_the_clients_word_its_own(string header, string value)
    {
        await using var gateway = await StartAsync("127.0.0.1", services: null, "Gateway:Security:AllowedHosts=optimizer.example.com");

        var problem = await ProblemAsync(gateway, (header, value), ("Origin", "https://optimizer.example.com"));

        Assert.Equal("origin_not_allowed", (string?)problem["code"]);
    }

    [Theory]
    [InlineData(null, "http, https", false)]
    [InlineData(null, "https, http", true)]
    [InlineData(null, "http, wss", false)]
    [InlineData("192.0.2.7", "http, https", false)]
    [InlineData("192.0.2.7, 10.0.3.9", "https, http", false)]
    [InlineData("192.0.2.7, 10.0.3.9", "http, https, http", false)]
    [InlineData("192.0.2.7, 10.0.3.9", "http, https", true)]
    public async Task Of_a_list_of_schemes_the_entry_that_a_known_proxy_wrote_counts(string? forwardedFor, string schemes, bool isHttp)
    {
        await using var gateway = await StartAsync(
            "127.0.0.1, 10.0.3.0/24",
            services: null,
            "Gateway:Security:AllowedHosts=optimizer.example.com"
        );
        List<(string, string)> headers =
        [
            ("X-Forwarded-Host", "optimizer.example.com"),
            ("X-Forwarded-Proto", schemes),
            ("Origin", "http://optimizer.example.com"),
        ];
        if (forwardedFor is not null)
        {
            headers.Add(("X-Forwarded-For", forwardedFor));
        }

        Assert.Equal(isHttp ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, await RefusalAsync(gateway, [.. headers]));
    }

    /// <summary>The headers of Traefik 3 for a handshake over TLS: it keeps Host and sets all of these itself, of strangers.</summary>
    [Theory]
    [InlineData("optimizer.example.com", "https://optimizer.example.com", HttpStatusCode.SwitchingProtocols)]
    [InlineData("optimizer.example.com:443", "https://optimizer.example.com", HttpStatusCode.SwitchingProtocols)]
    [InlineData("optimizer.example.com", "http://optimizer.example.com", HttpStatusCode.Forbidden)]
    [InlineData("optimizer.example.com", "https://evil.example", HttpStatusCode.Forbidden)]
    public async Task Behind_Traefik_the_same_rules_hold(string host, string origin, HttpStatusCode expected)
    {
        await using var gateway = await StartAsync("127.0.0.1", services: null, "Gateway:Security:AllowedHosts=optimizer.example.com");
        (string, string)[] headers =
        [
            ("Host", host),
            ("X-Forwarded-For", "192.0.2.7"),
            ("X-Forwarded-Host", host),
            ("X-Forwarded-Port", "443"),
            ("X-Forwarded-Proto", "wss"),
            ("X-Forwarded-Server", "traefik-1"),
            ("X-Real-Ip", "192.0.2.7"),
            ("Origin", origin),
        ];

        Assert.Equal(expected, await RefusalAsync(gateway, headers));
        if (expected == HttpStatusCode.SwitchingProtocols)
        {
            await using var client = await ConnectAsync(gateway, ("X-Forwarded-For", "192.0.2.8"));
            Assert.Equal(HttpStatusCode.TooManyRequests, await RefusalAsync(gateway, [headers[0], ("X-Forwarded-For", "192.0.2.8")]));
        }
    }

    [Theory]
    [InlineData("/evil, /cut")]
    [InlineData("/ev%0Ail, /cut")]
    public async Task Of_a_list_of_prefixes_the_entry_that_a_known_proxy_wrote_counts(string prefixes)
    {
        await using var gateway = await StartAsync("127.0.0.1");
        using var http = new HttpClient { BaseAddress = gateway.HttpUrl };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing");
        request.Headers.Add("X-Forwarded-Prefix", prefixes);

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        var problem = await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);
        Assert.Contains("WebSocket is at /cut/ws/optimization", (string?)problem!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prefix_that_a_known_proxy_has_cut_off_is_in_what_people_are_told()
    {
        await using var gateway = await StartAsync("127.0.0.1");
        using var http = new HttpClient { BaseAddress = gateway.HttpUrl };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing");
        request.Headers.Add("X-Forwarded-For", "192.0.2.7");
        request.Headers.Add("X-Forwarded-Prefix", "/cut");

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        var problem = await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);
        Assert.Contains("WebSocket is at /cut/ws/optimization", (string?)problem!["detail"], StringComparison.Ordinal);
    }

    private static Task<TestGateway> StartAsync(string known, Action<IServiceCollection>? services = null, params string[] settings) =>
        TestGateway.StartAsync(
            null,
            [
                $"Gateway:Backends:test:Address={NoBackend}",
                "Gateway:Limits:ConnectionsPerAddress=1",
                $"Gateway:Proxies:Known={known}",
                .. settings,
            ],
            services
        );

    private static Task<TestClient> ConnectAsync(TestGateway gateway, params (string Name, string Value)[] headers) =>
        TestClient.ConnectAsync(
            gateway.SocketUrl,
            options =>
            {
                foreach (var (name, value) in headers)
                {
                    options.SetRequestHeader(name, value);
                }
            }
        );

    /// <summary>What a handshake is answered with; where that is a connection, it is dropped.</summary>
    private static async Task<HttpStatusCode> RefusalAsync(TestGateway gateway, params (string Name, string Value)[] headers)
    {
        using var response = await AskAsync(gateway, headers);
        return response.StatusCode;
    }

    private static async Task<JsonObject> ProblemAsync(TestGateway gateway, params (string Name, string Value)[] headers)
    {
        using var response = await AskAsync(gateway, headers);
        return (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
    }

    private static async Task<HttpResponseMessage> AskAsync(TestGateway gateway, (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.HttpUrl, "/ws/optimization"));
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>All connections of a test's own machine come from loopback; this one's come from elsewhere.</summary>
    private static Action<IServiceCollection> From(string address) =>
        services => services.AddSingleton<IStartupFilter>(new FromElsewhere(IPAddress.Parse(address)));

    private sealed class FromElsewhere(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, rest) =>
                    {
                        context.Connection.RemoteIpAddress = address;
                        return rest(context);
                    }
                );
                next(app);
            };
    }
}
