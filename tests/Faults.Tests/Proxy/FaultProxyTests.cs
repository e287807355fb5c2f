using System.Net;
using System.Net.Sockets;
using OptimizationGateway.Faults.Proxy;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults.Tests.Proxy;

/// <summary>A proxy between two plain sockets: what it is told to do to the bytes is what happens to them.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TcpListener target = new(IPAddress.Loopback, 0);
    private FaultProxy proxy = null!;
    private Socket near = null!;
    private Socket far = null!;

    public async ValueTask InitializeAsync()
    {
        target.Start();
        proxy = new FaultProxy("test", new Random(1), (IPEndPoint)target.LocalEndpoint);
        near = await ConnectAsync();
        far = await target.AcceptSocketAsync();
    }

    public async ValueTask DisposeAsync()
    {
        near.Dispose();
        far.Dispose();
        await proxy.DisposeAsync();
        target.Dispose();
    }

    [Fact]
    public async Task In_fair_weather_bytes_and_the_end_go_through_both_ways()
    {
        Assert.Equal([1, 2, 3], await CarryAsync(near, far, 1, 2, 3));
        Assert.Equal([4, 5], await CarryAsync(far, near, 4, 5));
        near.Shutdown(SocketShutdown.Send);
        Assert.Empty(await ReadAsync(far));
        Assert.Equal([6], await CarryAsync(far, near, 6));
        Assert.Equal(0, proxy.Felt);
    }

    [Fact]
    public async Task A_cut_ends_both_sides_in_order()
    {
        await CarryAsync(near, far, 1);
        Assert.Equal(1, proxy.BreakAll(reset: false));
        Assert.Empty(await ReadAsync(near));
        Assert.Empty(await ReadAsync(far));
    }

    [Fact]
    public async Task A_reset_breaks_both_sides()
    {
        await CarryAsync(near, far, 1);
        Assert.Equal(1, proxy.BreakAll(reset: true));
        await Assert.ThrowsAsync<SocketException>(() => ReadAsync(near));
        await Assert.ThrowsAsync<SocketException>(() => ReadAsync(far));
    }

    [Fact]
    public async Task A_paused_way_holds_bytes_until_the_pause_ends_and_the_other_way_goes_on()
    {
        proxy.Up.Begin(usual => usual with { IsPaused = true });
        await near.SendAsync(new byte[] { 1 });
        Assert.Equal([2], await CarryAsync(far, near, 2));
        var reading = ReadAsync(far);
        Assert.False(reading.IsCompleted);
        proxy.Up.End();
        Assert.Equal([1], await reading);
    }

    [Fact]
    public async Task What_a_black_hole_took_is_lost_and_so_is_the_connection_even_its_end()
    {
        proxy.Up.Begin(usual => usual with { IsBlackHole = true });
        await near.SendAsync(new byte[] { 1 });
        await Until.TrueAsync(() => Task.FromResult(proxy.Felt > 0), "the byte was swallowed");
        proxy.Up.End();
        await near.SendAsync(new byte[] { 2 });
        near.Shutdown(SocketShutdown.Send);
        Assert.Empty(proxy.Open);

        // The other way is well, and nothing came of this one.
        Assert.Equal([3], await CarryAsync(far, near, 3));
        Assert.Equal(0, far.Available);
        proxy.Bury();
        await Assert.ThrowsAsync<SocketException>(() => ReadAsync(far));
    }

    [Fact]
    public async Task A_connection_is_reset_after_as_many_bytes_as_told()
    {
        proxy.Down.Begin(usual => usual with { ResetAfterBytes = 3 });
        await far.SendAsync(new byte[] { 1, 2 });
        Assert.Equal([1, 2], await ReadAsync(near));
        await far.SendAsync(new byte[] { 3, 4, 5 });
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while ((await ReadAsync(near)) is not [])
            {
                // The third byte may or may not come before the reset.
            }
        });
    }

    [Fact]
    public async Task A_delay_holds_and_fair_weather_lets_go()
    {
        proxy.Down.Begin(usual => usual with { Delay = TimeSpan.FromHours(1) });
        await far.SendAsync(new byte[] { 1 });
        await Until.TrueAsync(() => Task.FromResult(proxy.Felt > 0), "the byte is held");
        Assert.Equal(0, near.Available);
        proxy.Down.End();
        Assert.Equal([1], await ReadAsync(near));
    }

    [Fact]
    public async Task A_slow_line_is_no_fault_and_stays_slow_after_one()
    {
        var slow = Conditions.Fair with { BytesPerSecond = 100_000 };
        proxy.Down.SetUsual(slow);
        Assert.Equal([1], await CarryAsync(far, near, 1));
        Assert.Equal(0, proxy.Felt);
        proxy.Down.Begin(usual => usual with { IsPaused = true });
        proxy.Down.End();
        Assert.Equal(slow, proxy.Down.Conditions);
    }

    [Fact]
    public async Task Where_one_target_refuses_the_next_takes_the_connection()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var refusing = new IPEndPoint(IPAddress.Loopback, ProgramProcess.FreePort());
        proxy.AimAt(refusing, (IPEndPoint)other.LocalEndpoint);
        using var client = await ConnectAsync();
        using var taken = await other.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Assert.Equal([1], await CarryAsync(client, taken, 1));
    }

    [Fact]
    public async Task Where_every_target_refuses_the_connection_is_reset()
    {
        proxy.AimAt(new IPEndPoint(IPAddress.Loopback, ProgramProcess.FreePort()));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            // The reset may come while it still connects.
            using var client = await ConnectAsync();
            await ReadAsync(client);
        });
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<byte[]> CarryAsync(Socket from, Socket to, params byte[] bytes)
    {
        await from.SendAsync(bytes);
        return await ReadAsync(to);
    }

    private static async Task<byte[]> ReadAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var buffer = new byte[64];
        return buffer[..await socket.ReceiveAsync(buffer.AsMemory(), deadline.Token)];
    }
}
