using System.Text.Json.Nodes;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>A gateway that asks for tokens of a provider on loopback, with a backend behind it; shared by the rows of a table.</summary>
public sealed class TokenGateway : IAsyncLifetime
{
    public TestKey Rsa { get; } = TestKey.Rsa();

    public TestKey Ec { get; } = TestKey.Ec();

    public TokenAuthority Authority { get; private set; } = null!;

    public ScriptedBackend Backend { get; private set; } = null!;

    public TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Authority = await TokenAuthority.StartAsync(Rsa, Ec);
        Backend = await ScriptedBackend.StartAsync();
        Backend.Always(ScriptedBackend.Say(Say.Subscribed()));
        Gateway = await TestGateway.StartAsync(
            Backend.Url,
            time: null,
            [
                $"Gateway:Security:Jwt:Authority={Authority.Url}",
                "Gateway:Security:Jwt:AllowQueryToken=true",
                "Logging:LogLevel:Microsoft.AspNetCore=Trace",
                "Logging:LogLevel:System.Net.Http=Trace",
                .. JwtText.Settings,
            ]
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Backend.DisposeAsync();
        await Authority.DisposeAsync();
        Rsa.Dispose();
        Ec.Dispose();
    }

    /// <summary>Connects with a token as a browser does.</summary>
    public static Task<TestClient> ConnectAsync(TestGateway gateway, string token) =>
        TestClient.ConnectAsync(
            gateway.SocketUrl,
            options =>
            {
                options.AddSubProtocol("optimization.v1");
                options.AddSubProtocol($"bearer.{token}");
            }
        );

    /// <summary>Connects with a token as a browser does, and waits for the gateway to close.</summary>
    /// <returns>The close code and its reason.</returns>
    public static async Task<(int Code, string Reason)> ClosedWithAsync(TestGateway gateway, string token)
    {
        await using var client = await ConnectAsync(gateway, token);
        await client.ClosedAsync();
        return ((int)client.CloseStatus!.Value, client.CloseReason!);
    }

    /// <summary>What a handshake with this header comes to where it isn't upgraded; null where it is.</summary>
    public static async Task<TokenAnswer?> AnswerAsync(TestGateway gateway, Action<HttpRequestMessage> change, string query = "")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.HttpUrl, $"/ws/optimization{query}"));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        change(request);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (response.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols)
        {
            return null;
        }

        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return new TokenAnswer(
            (int)response.StatusCode,
            (string)body["code"]!,
            (string)body["detail"]!,
            response.Headers.WwwAuthenticate.ToString(),
            response.Headers.RetryAfter is not null
        );
    }

    public static Task<TokenAnswer?> AnswerAsync(TestGateway gateway, string token) =>
        AnswerAsync(gateway, request => request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}"));
}

/// <summary>A handshake's refusal over HTTP.</summary>
public sealed record TokenAnswer(int Status, string Code, string Detail, string Challenge, bool SaysWhenToComeBack);
