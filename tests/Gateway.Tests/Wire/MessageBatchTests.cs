using System.Buffers.Binary;
using CsCheck;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Wire;

/// <summary>Small messages that arrive together pass the gRPC client as one, and come out one by one.</summary>
public sealed class MessageBatchTests
{
    private static readonly Gen<int> Sizes = Gen.Frequency((6, Gen.Int[0, 300]), (2, Gen.Int[8_100, 8_300]), (1, Gen.Int[0, 40_000]));

    [Fact]
    public async Task Messages_that_have_arrived_together_are_one()
    {
        byte[] frames = [.. Framed(Live(1)), .. Framed(Live(2)), .. Framed([]), .. Framed(Live(3))];

        var told = await ReadAsync(new MemoryStream(frames));

        Assert.Equal([frames], told);
        var message = WatchMessage.Read(new(told[0]));
        Assert.Equal((WatchMessageKind.Event, 1L, Live(1).Length), (message.Kind, message.LastId, message.Size));
        Assert.True(message.TryReadNext());
        Assert.Equal((WatchMessageKind.Event, 2L), (message.Kind, message.LastId));
        Assert.True(message.TryReadNext());
        Assert.Equal((WatchMessageKind.Unknown, 0L, 0), (message.Kind, message.LastId, message.Size));
        Assert.True(message.TryReadNext());
        Assert.Equal((WatchMessageKind.Event, 3L, 1), (message.Kind, message.LastId, message.Events.Count));
        Assert.False(message.TryReadNext());
    }

    [Fact]
    public async Task The_first_message_waits_for_no_second_one()
    {
        var body = new Body([.. Framed(Live(1)), .. Framed(Live(2))[..^1]], [int.MaxValue]) { IsEndless = true };
        await using var stream = Open(body);

        var told = new byte[5 + Framed(Live(1)).Length];
        await stream.ReadExactlyAsync(told, TestContext.Current.CancellationToken);

        Assert.Equal(Framed(Framed(Live(1))), told);
        Assert.False(stream.ReadAsync(new byte[1], 0, 1, TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void However_the_bytes_arrive_each_message_comes_out_once_and_in_order() =>
        Gen.Select(Sizes.Array[0, 30], Gen.Int[1, 20_000].Array[1, 20])
            .Sample(
                (sizes, reads) =>
                {
                    var messages = sizes.Select((size, i) => Enumerable.Repeat((byte)(i + 1), size).ToArray()).ToList();
                    var told = ReadAsync(new Body([.. messages.SelectMany(Framed)], reads)).GetAwaiter().GetResult();

                    Assert.Equal(messages, told.SelectMany(Unpacked));
                },
                iter: 1_000
            );

    [Fact]
    public async Task A_stream_that_ends_in_the_middle_of_a_message_ends_there_for_its_reader_too()
    {
        byte[] frames = [.. Framed(Live(1)), .. Framed(Live(2))[..^1]];
        await using var stream = Open(new MemoryStream(frames));
        using var told = new MemoryStream();
        await stream.CopyToAsync(told, TestContext.Current.CancellationToken);

        Assert.Equal([.. Framed(Framed(Live(1))), .. Framed(Live(2))[..^1]], told.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 8 })]
    [InlineData(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF, 8, 8 })]
    public void A_message_that_only_begins_like_a_batch_is_malformed(byte[] bytes)
    {
        var message = WatchMessage.Read(new(bytes));

        Assert.Equal(WatchMessageKind.Malformed, message.Kind);
        Assert.False(message.TryReadNext());
    }

    private static byte[] Live(long id) => Say.Live(Say.Event(id)).ToByteArray();

    private static byte[] Framed(byte[] content)
    {
        var frame = new byte[5 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>The messages of a batch; one that is none is itself.</summary>
    private static IEnumerable<byte[]> Unpacked(byte[] told)
    {
        if (told.Length == 0 || told[0] != 0)
        {
            yield return told;
            yield break;
        }

        for (var at = 0; at < told.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(told.AsSpan(at + 1));
            yield return told[(at + 5)..(at + 5 + length)];
            at += 5 + length;
        }
    }

    private static GatedStream Open(Stream body) =>
        new(body, isGzip: false, new ArrivalBudget(1_000_000), new UpstreamOptions(), new MessageBatch());

    /// <summary>Reads messages as the gRPC client does.</summary>
    private static async Task<List<byte[]>> ReadAsync(Stream body)
    {
        await using var stream = Open(body);
        var messages = new List<byte[]>();
        var prefix = new byte[5];
        while (await stream.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false) == 5)
        {
            var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
            await stream.ReadExactlyAsync(message);
            messages.Add(message);
        }

        return messages;
    }

    /// <summary>A body that gives so many bytes at a time, over and over, and then ends or waits.</summary>
    private sealed class Body(byte[] bytes, int[] reads) : MemoryStream(bytes)
    {
        private int count;

        public bool IsEndless { get; init; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsEndless && Position == Length)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return Read(buffer.Span[..Math.Min(buffer.Length, reads[count++ % reads.Length])]);
        }
    }
}
