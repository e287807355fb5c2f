using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Inspection;

/// <summary>However many connections strangers hold open, operators get in at once.</summary>
public sealed class InspectorConnectionsTests
{
    private const int Strangers = 150;

    private static readonly Uri NoBackend = new("http://127.0.0.1:9");

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")]
    [InlineData("GET /inspector/ended HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer wrong\r\n\r\n")]
    public async Task Connections_without_a_key_keep_no_operator_out(string says)
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, time: null, InspectorClient.Settings);
        var strangers = await OpenAsync(gateway, says);
        try
        {
            await using var operatorHere = await RawClient.ConnectAsync(gateway.InspectorUrl!);

            // Not a word of whether the key is right where so many wrong ones came; but an answer, at once.
            Assert.Equal(says.Contains("wrong", StringComparison.Ordinal) ? 429 : 200, await AskAsync(gateway, operatorHere));
        }
        finally
        {
            await CloseAsync(strangers);
        }
    }

    [Fact]
    public async Task An_operators_connection_stays_whoever_comes()
    {
        await using var gateway = await TestGateway.StartAsync(NoBackend, time: null, InspectorClient.Settings);
        await using var operatorHere = await RawClient.ConnectAsync(gateway.InspectorUrl!);
        Assert.Equal(200, await AskAsync(gateway, operatorHere));

        var strangers = await OpenAsync(gateway, "");
        try
        {
            Assert.Equal(200, await AskAsync(gateway, operatorHere));
            // The first of them had to make room.
            await strangers[0].EndedAsync();
        }
        finally
        {
            await CloseAsync(strangers);
        }
    }

    [Fact]
    public async Task The_address_with_the_most_connections_makes_room()
    {
        var connections = new InspectorConnections();
        var stay = new TaskCompletionSource();
        var run = connections.Bound(_ => stay.Task);
        var (quiet, flood) = (NewConnection("192.0.2.1"), Enumerable.Range(0, 200).Select(_ => NewConnection("192.0.2.2")).ToList());

        var runs = flood.Prepend(quiet).Select(connection => run(connection)).ToList();

        await TestGateway.EventuallyAsync(
            () => flood[..^49].TrueForAll(connection => connection.ConnectionClosed.IsCancellationRequested),
            "all but the last of the flood were ended"
        );
        Assert.False(quiet.ConnectionClosed.IsCancellationRequested);
        Assert.All(flood[^49..], connection => Assert.False(connection.ConnectionClosed.IsCancellationRequested));
        stay.SetResult();
        await Task.WhenAll(runs);
    }

    private static DefaultConnectionContext NewConnection(string address) =>
        new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 4711) };

    private static async Task<List<RawClient>> OpenAsync(TestGateway gateway, string says)
    {
        var bytes = Encoding.ASCII.GetBytes(says.Replace("{host}", gateway.InspectorUrl!.Authority, StringComparison.Ordinal));
        var clients = new List<RawClient>();
        for (var i = 0; i < Strangers; i++)
        {
            var client = await RawClient.ConnectAsync(gateway.InspectorUrl!);
            await client.SendAsync(bytes);
            clients.Add(client);
        }

        return clients;
    }

    private static async Task CloseAsync(List<RawClient> clients)
    {
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private static async Task<int> AskAsync(TestGateway gateway, RawClient client)
    {
        await client.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /inspector/ended HTTP/1.1\r\nHost: {gateway.InspectorUrl!.Authority}\r\nAuthorization: Bearer {InspectorClient.Key}\r\n\r\n"
            )
        );
        return (await client.ReadHttpAsync()).Status;
    }
}
