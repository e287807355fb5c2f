using System.Buffers.Binary;
using System.IO.Compression;
using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Tests.Backends;

public sealed class GatedStreamTests
{
    private const int Large = 300_000;
    private static readonly UpstreamOptions Options = new();

    [Fact]
    public async Task Messages_pass_as_they_are()
    {
        byte[] answer = [.. Message(new byte[7]), .. Message([]), .. Message(new byte[Large]), .. Message([1, 2])];

        Assert.Equal(answer, await ReadAsync(answer, new ArrivalBudget(Large)));
    }

    [Fact]
    public async Task A_large_message_waits_for_memory_and_gives_it_back_when_it_has_arrived()
    {
        var budget = new ArrivalBudget(Large);
        var others = await budget.TakeAsync(1, CancellationToken.None);
        var reading = ReadAsync(Message(new byte[Large]), budget);
        Assert.False(reading.IsCompleted);

        others.Dispose();

        Assert.Equal(Large + 5, (await reading).Length);
        using var all = await budget.TakeAsync(Large, CancellationToken.None);
    }

    [Fact]
    public async Task A_message_that_fits_into_the_streams_window_waits_for_nobody()
    {
        var budget = new ArrivalBudget(Large);
        using var others = await budget.TakeAsync(Large, CancellationToken.None);

        Assert.NotEmpty(await ReadAsync(Message(new byte[Options.StreamWindowBytes]), budget));
    }

    [Fact]
    public async Task A_stream_that_is_given_up_in_the_middle_of_a_message_gives_back_what_it_held()
    {
        var budget = new ArrivalBudget(Large);
        await using (var stream = new GatedStream(new MemoryStream(Message(new byte[Large])), isGzip: false, budget, Options))
        {
            await stream.ReadExactlyAsync(new byte[100], TestContext.Current.CancellationToken);
            Assert.False(budget.TakeAsync(Large, new CancellationToken(canceled: true)).IsCompletedSuccessfully);
        }

        using var all = await budget.TakeAsync(Large, CancellationToken.None);
    }

    [Fact]
    public async Task An_unfinished_read_of_a_stream_that_is_disposed_never_completes()
    {
        var body = new EndlessBody();
        var stream = new GatedStream(body, isGzip: false, new ArrivalBudget(Large), Options);
        var reading = stream.ReadAsync(new byte[5], TestContext.Current.CancellationToken).AsTask();

        await stream.DisposeAsync();

        Assert.True(body.HasFailed);
        Assert.False(reading.IsCompleted);
    }

    [Fact]
    public async Task A_body_that_breaks_and_a_read_that_is_cancelled_reach_the_reader()
    {
        var body = new EndlessBody();
        await using var stream = new GatedStream(body, isGzip: false, new ArrivalBudget(Large), Options);
        using var stop = new CancellationTokenSource();
        var cancelled = stream.ReadAsync(new byte[5], stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var reading = stream.ReadAsync(new byte[5], TestContext.Current.CancellationToken).AsTask();
        body.Break();

        await Assert.ThrowsAsync<IOException>(() => reading);
    }

    [Fact]
    public async Task What_is_compressed_comes_out_whole_and_not_compressed()
    {
        var content = Enumerable.Range(0, Large).Select(i => (byte)(i / 100)).ToArray();

        byte[] expected = [.. Message(content), .. Message([1])];

        Assert.Equal(expected, await ReadAsync([.. Message(Gzip(content), flag: 1), .. Message([1])], new ArrivalBudget(Large)));
    }

    [Fact]
    public async Task A_compressed_message_that_is_small_waits_only_for_what_it_claims_to_need()
    {
        var budget = new ArrivalBudget(Large);
        using var others = await budget.TakeAsync(Large, CancellationToken.None);
        var small = Message(Gzip(new byte[Options.StreamWindowBytes]), flag: 1);
        var large = Message(Gzip(new byte[Options.StreamWindowBytes + 1]), flag: 1);

        Assert.Equal(Message(new byte[Options.StreamWindowBytes]), await ReadAsync(small, budget));
        var reading = ReadAsync(large, budget);
        Assert.False(reading.IsCompleted);
        others.Dispose();
        Assert.Equal(Message(new byte[Options.StreamWindowBytes + 1]), await reading);
    }

    [Fact]
    public async Task A_claim_that_gzip_can_not_keep_takes_no_memory()
    {
        var liar = Gzip(new byte[100]);
        BinaryPrimitives.WriteInt32LittleEndian(liar.AsSpan(^4..), Options.MaxMessageBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(Message(liar, flag: 1), new ArrivalBudget(Large)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(17 * 1024 * 1024, null)]
    [InlineData(1_000_000, 1000)]
    [InlineData(1000, int.MaxValue)]
    public async Task A_bomb_is_announced_as_a_message_that_nobody_reads(int size, int? claimed)
    {
        var bomb = Gzip(new byte[size]);
        if (claimed is { } lie)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bomb.AsSpan(^4..), lie);
        }

        var told = await ReadAsync(Message(bomb, flag: 1), new ArrivalBudget(Large));

        Assert.Equal([0, 0x7F, 0xFF, 0xFF, 0xFF], told);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(100)]
    public async Task What_is_no_gzip_is_a_fault_of_the_transport(int length)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(Message(new byte[length], flag: 1), new ArrivalBudget(Large)));
    }

    private static async Task<byte[]> ReadAsync(byte[] answer, ArrivalBudget budget)
    {
        await using var stream = new GatedStream(new MemoryStream(answer), isGzip: true, budget, Options);
        using var told = new MemoryStream();
        await stream.CopyToAsync(told);
        return told.ToArray();
    }

    private static byte[] Message(byte[] content, byte flag = 0)
    {
        var message = new byte[5 + content.Length];
        message[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), content.Length);
        content.CopyTo(message, 5);
        return message;
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>A body in which nothing arrives. Its reads fail when it breaks or is disposed of, as those of an HTTP/2 stream do.</summary>
    private sealed class EndlessBody : MemoryStream
    {
        private readonly TaskCompletionSource broken = new();

        /// <summary>True once a read has failed.</summary>
        public bool HasFailed { get; private set; }

        public void Break() => broken.TrySetException(new IOException("reset"));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await broken.Task.WaitAsync(cancellationToken);
                return 0;
            }
            finally
            {
                HasFailed = true;
            }
        }

        protected override void Dispose(bool disposing)
        {
            Break();
            base.Dispose(disposing);
        }
    }
}
