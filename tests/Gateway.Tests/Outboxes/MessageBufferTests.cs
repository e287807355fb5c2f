using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Tests.Outboxes;

public sealed class MessageBufferTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(225)]
    [InlineData(300)]
    [InlineData(4_200)]
    [InlineData(200_000)]
    public void A_message_waits_in_an_array_that_fits_it(int length)
    {
        using var buffer = new MessageBuffer();

        // The second one finds the array that the first one left.
        foreach (var message in new[] { Write(buffer, length), Write(buffer, length) })
        {
            Assert.Equal(length, message.Length);
            Assert.InRange(message.Held, length, (2 * length) + 64);
            Assert.All(message.Bytes.ToArray(), value => Assert.Equal((byte)'x', value));
        }
    }

    [Fact]
    public void Messages_that_wait_share_nothing_with_those_written_after_them()
    {
        using var buffer = new MessageBuffer();
        var first = Write(buffer, 100);
        buffer.GetSpan(100)[..100].Fill((byte)'y');
        buffer.Advance(100);
        var second = buffer.Detach(new MessageFacts(ServerMessageType.Event));

        Assert.All(first.Bytes.ToArray(), value => Assert.Equal((byte)'x', value));
        Assert.All(second.Bytes.ToArray(), value => Assert.Equal((byte)'y', value));
    }

    private static OutboxMessage Write(MessageBuffer buffer, int length)
    {
        buffer.GetSpan(length)[..length].Fill((byte)'x');
        buffer.Advance(length);
        return buffer.Detach(new MessageFacts(ServerMessageType.Event));
    }
}
