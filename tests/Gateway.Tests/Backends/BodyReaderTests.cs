using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Tests.Backends;

public sealed class BodyReaderTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly Body body = new();

    public void Dispose() => body.Dispose();

    [Fact]
    public async Task Small_messages_that_are_at_hand_take_one_read()
    {
        var reader = new BodyReader(body);
        body.Arrive(Enumerable.Range(0, 200).Select(i => (byte)i));

        var read = new byte[200];
        Assert.Equal(3, await reader.ReadAsync(read.AsMemory(0, 3), Never));
        for (var at = 3; at < read.Length; )
        {
            at += await reader.ReadBurstAsync(read.AsMemory(at, Math.Min(10, read.Length - at)), Never);
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (byte)i), read);
        Assert.Equal([3, BodyReader.Ahead], body.Asked);
    }

    [Fact]
    public async Task A_large_message_is_read_into_its_own_memory()
    {
        var reader = new BodyReader(body);
        body.Arrive(new byte[3 * BodyReader.Ahead]);

        await reader.ReadBurstAsync(new byte[3 * BodyReader.Ahead], Never);

        Assert.Equal([3 * BodyReader.Ahead], body.Asked);
    }

    [Fact]
    public async Task Nothing_is_read_ahead_while_it_waits_for_a_messages_first_bytes()
    {
        var reader = new BodyReader(body);
        body.Arrive([1, 2]);
        await reader.ReadBurstAsync(new byte[2], Never);

        var waiting = reader.ReadAsync(new byte[5], Never).AsTask();

        Assert.False(waiting.IsCompleted);
        Assert.Equal([BodyReader.Ahead, 5], body.Asked);
    }

    [Fact]
    public async Task The_end_of_the_body_is_a_read_of_nothing()
    {
        var reader = new BodyReader(body);
        body.Arrive([1]);
        body.End(null);

        Assert.Equal(1, await reader.ReadBurstAsync(new byte[2], Never));
        Assert.Equal(0, await reader.ReadBurstAsync(new byte[2], Never));
        Assert.Equal(0, await reader.ReadAsync(new byte[2], Never));
        await Assert.ThrowsAsync<EndOfStreamException>(() => reader.ReadExactlyAsync(new byte[2], Never).AsTask());
    }

    [Fact]
    public async Task A_fault_reaches_the_reader()
    {
        var reader = new BodyReader(body);
        var waiting = reader.ReadAsync(new byte[5], Never).AsTask();

        body.End(new IOException("reset"));

        Assert.Equal("reset", (await Assert.ThrowsAsync<IOException>(() => waiting)).Message);
    }

    [Fact]
    public async Task A_cancelled_read_ends()
    {
        using var stop = new CancellationTokenSource();
        var reader = new BodyReader(body);
        var waiting = reader.ReadBurstAsync(new byte[5], stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unfinished_read_of_a_body_that_is_left_never_completes(bool isBurst)
    {
        var reader = new BodyReader(body);
        var waiting = isBurst ? reader.ReadBurstAsync(new byte[5], Never).AsTask() : reader.ReadAsync(new byte[5], Never).AsTask();

        reader.Leave();

        Assert.True(body.HasFailed);
        await Task.Yield();
        Assert.False(waiting.IsCompleted);
    }

    /// <summary>A body whose bytes arrive when the test says so. Once it is disposed its reads fail, as those of an HTTP/2 stream do.</summary>
    private sealed class Body : MemoryStream
    {
        private readonly Queue<byte> arrived = [];
        private TaskCompletionSource news = new();
        private bool hasEnded;
        private Exception? fault;

        /// <summary>The size of each read.</summary>
        public List<int> Asked { get; } = [];

        /// <summary>True once a read has failed.</summary>
        public bool HasFailed { get; private set; }

        public void Arrive(IEnumerable<byte> bytes)
        {
            foreach (var arriving in bytes)
            {
                arrived.Enqueue(arriving);
            }

            news.TrySetResult();
            news = new TaskCompletionSource();
        }

        public void End(Exception? with)
        {
            (hasEnded, fault) = (true, with);
            news.TrySetResult();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.Add(buffer.Length);
            while (arrived.Count == 0 && !hasEnded)
            {
                await news.Task.WaitAsync(cancellationToken);
            }

            if (fault is not null)
            {
                HasFailed = true;
                throw fault;
            }

            var count = Math.Min(arrived.Count, buffer.Length);
            for (var i = 0; i < count; i++)
            {
                buffer.Span[i] = arrived.Dequeue();
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (!hasEnded)
            {
                End(new IOException("The body was disposed of."));
            }

            base.Dispose(disposing);
        }
    }
}
