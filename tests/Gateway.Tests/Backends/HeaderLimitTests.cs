using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Tests.Backends;

public sealed class HeaderLimitTests
{
    /// <summary>SETTINGS with an initial window size, and a header list of 8,192 bytes.</summary>
    private static readonly byte[] Settings = [0, 0, 12, 4, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 6, 0, 0, 0x20, 0];

    private static readonly byte[] WithoutLimit = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0];
    private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(100)]
    public async Task The_limit_is_read_however_the_bytes_come_and_all_of_them_pass(int most)
    {
        var limit = new HeaderLimit();
        byte[] sent = [.. Settings, .. Ping, .. WithoutLimit];

        Assert.Equal(sent, await ReadAsync(limit, sent, most));
        Assert.Equal(8_192, limit.Bytes);
    }

    [Fact]
    public async Task The_newest_connection_counts_also_if_it_has_no_limit()
    {
        var limit = new HeaderLimit();
        await ReadAsync(limit, Settings, most: 100);
        await ReadAsync(limit, WithoutLimit, most: 100);

        Assert.Null(limit.Bytes);
    }

    [Fact]
    public async Task A_peer_that_begins_with_something_else_says_nothing()
    {
        var limit = new HeaderLimit();
        await ReadAsync(limit, [.. Ping, .. Settings], most: 100);

        Assert.Null(limit.Bytes);
    }

    private static async Task<byte[]> ReadAsync(HeaderLimit limit, byte[] sent, int most)
    {
        await using var stream = limit.Notice(new MemoryStream(sent));
        var (buffer, got) = (new byte[most], new List<byte>());
        while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var read)
        {
            got.AddRange(buffer[..read]);
        }

        return [.. got];
    }
}
