using System.Text;
using Grpc.Core;
using OptimizationGateway.Gateway.IntegrationTests.Inspection;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>
/// Logs at their loudest, ASP.NET's request logs too, while strangers send what breaks lines and callers send tokens. That every gateway's
/// log is free of both is checked when it is disposed (<see cref="LogScan"/>), here and in all other tests.
/// </summary>
public sealed class LogTests
{
    private static readonly string[] Loud =
    [
        "Logging:LogLevel:Microsoft.AspNetCore=Trace",
        "Logging:LogLevel:Microsoft.Extensions.Hosting=Trace",
        "Logging:LogLevel:OptimizationGateway=Trace",
        "Logging:LogLevel:System.Net.Http=Trace",
        "Logging:LogLevel:Grpc=Trace",
    ];

    [Theory]
    [InlineData("GET /a%0d%0aINFO:%20all%20is%20well HTTP/1.1")]
    [InlineData("GET /a%0Ab%1b[2J HTTP/1.1")]
    [InlineData("GET /a%E2%80%A8b%C2%85c HTTP/1.1")]
    [InlineData("GET /?a%0d%0ab=c%0d%0ad HTTP/1.1")]
    [InlineData("GET /?a\u2028b HTTP/1.1")]
    [InlineData("GET /a\u2028b HTTP/1.1")]
    [InlineData("GET /ws/optimization?a=%0d%0a&access_token=nonsense HTTP/1.1")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nOrigin: http://a%0d%0ab")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nSec-WebSocket-Protocol: a%0d%0ab")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nUser-Agent: a\u2028b\u0085c")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nContent-Type: a\u2028b")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nContent-Type: a\u2028b\r\nContent-Type: a\u0085b")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nContent-Type: a\u001b[31mb\r\nContent-Type:\r\nContent-Type: c")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\nX-Forwarded-Prefix: /p%0A%1B[31mq")]
    [InlineData("GET / HTTP/1.1\r\nX-Forwarded-Prefix: /p%E2%80%A8q")]
    [InlineData("GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1, 192.0.2.2\r\nX-Forwarded-Prefix: /a, /p%0Aq, /b")]
    [InlineData("GET / HTTP/1.1\r\nX-Forwarded-For: 1\u2028, 192.0.2.1\u0085\r\nX-Forwarded-Host: a\u001bb\u2028")]
    [InlineData("GET / HTTP/1.1\r\nX-Forwarded-Proto: ht\u001btp\u2028")]
    [InlineData("GET /ws/optimization HTTP/1.1\r\ntraceparent: a\u2028b")]
    [InlineData("GE\u007fT / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1\r\nX: a\u0001b")]
    [InlineData("GET /\u0001 HTTP/1.1")]
    public async Task No_request_breaks_a_line(string request)
    {
        await using var gateway = await TestGateway.StartAsync(
            new Uri("http://127.0.0.1:1"),
            time: null,
            [.. InspectorClient.Settings, "Gateway:Proxies:Known=127.0.0.1", .. Loud]
        );
        foreach (var url in new[] { gateway.HttpUrl, gateway.InspectorUrl! })
        {
            await using var client = await RawClient.ConnectAsync(url);
            await client.SendAsync(Encoding.UTF8.GetBytes($"{request}\r\nHost: {url.Authority}\r\nConnection: close\r\n\r\n"));

            Assert.InRange((await client.ReadHttpAsync()).Status, 200, 499);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(InspectorClient.Key)]
    public async Task No_token_that_strays_to_the_inspector_is_logged_there(string? key)
    {
        using var signing = TestKey.Rsa();
        await using var gateway = await TestGateway.StartAsync(
            new Uri("http://127.0.0.1:1"),
            time: null,
            [.. InspectorClient.Settings, .. Loud]
        );
        using var inspector = new InspectorClient(gateway, key);
        foreach (var path in new[] { "", "none", "inspector/connections", "inspector/jobs/a%1B%2Fb" })
        {
            await inspector.AskAsync($"{path}?limit=1&access_token={JwtText.Make(signing)}");
        }

        Assert.Contains(
            gateway.Log.GetSnapshot(),
            line => line.Message.Contains("/inspector/connections?limit=1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_job_s_id_with_line_separators_doesn_t_break_one_either()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Fail(StatusCode.Internal));
        await using var gateway = await TestGateway.StartAsync(backend.Url, time: null, Loud);
        await using var client = await gateway.ConnectAsync();
        await client.SubscribeAsync("a\u2028b\u2029c");

        Assert.Equal("backend_error", (string?)(await client.NextAsync("error"))["code"]);
        Assert.Contains(gateway.Log.GetSnapshot(), line => line.Message.Contains("the watch of job a?b?c", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task No_token_is_logged_whichever_way_it_came_and_whatever_became_of_it(string allowQuery)
    {
        using var keys = new KeyFolder();
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Fail(StatusCode.Internal));
        await using var gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            [
                keys.PemSetting,
                $"Gateway:Security:Jwt:AllowQueryToken={allowQuery}",
                "Gateway:Backends:test:ForwardAuthorization=true",
                .. JwtText.Settings,
                .. Loud,
            ]
        );
        using var stranger = TestKey.Rsa();
        foreach (var token in new[] { JwtText.Make(keys.Rsa), JwtText.Make(stranger), JwtText.Make(keys.Ec, c => c["exp"] = 1) })
        {
            await TokenGateway.AnswerAsync(gateway, token);
            await TokenGateway.AnswerAsync(gateway, _ => { }, $"?access_token={token}");
            await TokenGateway.AnswerAsync(gateway, _ => { }, $"?x=1&access%5Ftoken={token}&Access_Token={token}");
            await using var client = await TokenGateway.ConnectAsync(gateway, token);
        }

        await using var watcher = await TokenGateway.ConnectAsync(gateway, JwtText.Make(keys.Rsa));
        await watcher.SubscribeAsync("job-1");
        await watcher.NextAsync("error");
        Assert.Contains(gateway.Log.GetSnapshot(), line => line.Message.Contains("Request starting", StringComparison.Ordinal));
        Assert.Contains(gateway.Log.GetSnapshot(), line => line.Message.Contains("?x=1", StringComparison.Ordinal));
    }
}
