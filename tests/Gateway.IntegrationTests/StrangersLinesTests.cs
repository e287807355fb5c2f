using System.Net.Security;
using System.Net.Sockets;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Lines of the log that anyone can cause as often as they like: docs/operations.md, "Log lines".</summary>
[Collection(Alone.Name)]
public sealed class StrangersLinesTests
{
    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Fact]
    public async Task Of_connections_that_end_a_minute_has_a_hundred_lines_and_one_that_counts_the_rest()
    {
        var clock = new Clock();
        await using var gateway = await TestGateway.StartAsync(NoBackend, clock);
        for (var i = 0; i < 110; i++)
        {
            await using var client = await RawClient.UpgradeAsync(gateway.HttpUrl);
        }

        await TestGateway.EventuallyAsync(() => gateway.Connections == 0, "all have ended");
        Assert.Equal(100, Lines(gateway, " ended after "));
        Assert.Equal(0, Lines(gateway, "10 more lines like this were left out within a minute"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, Lines(gateway, "10 more lines like this were left out within a minute"));
    }

    [Fact]
    public async Task Streams_of_HTTP_2_that_are_reset_as_fast_as_can_be_are_told_of_once()
    {
        using var authority = new TestAuthority();
        var certificate = authority.Issue("127.0.0.1");
        var url = new Uri($"https://127.0.0.1:{ProgramProcess.FreePort()}");
        await using var gateway = new ProgramProcess(
            typeof(GatewayHost).Assembly.Location,
            [
                $"--Gateway:Backends:test:Address={NoBackend}",
                $"--Kestrel:Endpoints:Https:Url={url}",
                $"--Kestrel:Endpoints:Https:Certificate:Path={certificate.File}",
                $"--Kestrel:Endpoints:Https:Certificate:KeyPath={certificate.KeyFile}",
                "--Gateway:Http2:Enabled=true",
            ],
            url
        );
        await gateway.StartAsync();

        for (var connection = 0; connection < 20; connection++)
        {
            await ResetRapidlyAsync(url);
        }

        // A server that is fast enough to answer between two resets has no reason to complain yet.
        await Until.TrueAsync(
            async () =>
            {
                await ResetRapidlyAsync(url);
                return gateway.Output.Contains("crit: ", StringComparison.Ordinal);
            },
            "the server has told of it"
        );
        Assert.InRange(gateway.Output.Split("crit: ").Length - 1, 1, 2);
        Assert.True(gateway.IsAlive, gateway.Output);
    }

    /// <summary>Opens a stream and resets it, again and again, until the server has enough.</summary>
    private static async Task ResetRapidlyAsync(Uri url)
    {
        const int Streams = 20_000;
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(url.Host, url.Port);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = url.Host, ApplicationProtocols = [SslApplicationProtocol.Http2] }
        );
        var says = new MemoryStream();
        says.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        says.Write([0, 0, 0, 4, 0, 0, 0, 0, 0]);

        // GET https://127.0.0.1/: three headers of HPACK's static table, and one that is spelt out.
        byte[] request = [0x82, 0x84, 0x87, 0x01, 9, .. "127.0.0.1"u8];
        for (var id = 1; id < Streams * 2; id += 2)
        {
            byte[] stream = [(byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id];
            says.Write([0, 0, (byte)request.Length, 1, 5, .. stream, .. request, 0, 0, 4, 3, 0, .. stream, 0, 0, 0, 8]);
        }

        try
        {
            await tls.WriteAsync(says.ToArray());
        }
        catch (IOException)
        {
            // It had enough.
        }
    }

    private static int Lines(TestGateway gateway, string text) =>
        gateway.Log.GetSnapshot().Count(line => line.Message.Contains(text, StringComparison.Ordinal));
}
