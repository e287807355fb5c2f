using System.Buffers.Binary;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <summary>PROTOCOL.md section 7: frames that break RFC 6455 or a limit close the socket with a code that tells the client whether to come back.</summary>
public sealed class BadFrameTests(TargetGateway target) : IClassFixture<TargetGateway>
{
    public static TheoryData<string> Names => [.. BadFrames.Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_malformed_frame_gets_its_answer_and_the_next_connection_works(string name)
    {
        var row = BadFrames.Rows[name];
        await using var client = await RawClient.UpgradeAsync(target.Gateway.HttpUrl);
        await TargetGateway.AssertServesAsync(client);

        await client.SendAsync(row.Bytes);

        foreach (var answer in row.Answers)
        {
            Assert.Equal(answer, (await client.ReadFrameAsync())?.PayloadText);
        }

        if (row.CloseCode is { } code)
        {
            await AssertClosesAsync(client, code, row.Reason);
        }
        else
        {
            await TargetGateway.AssertServesAsync(client);
        }

        await target.AssertServesOthersAsync();
    }

    private static async Task AssertClosesAsync(RawClient client, int code, string reason)
    {
        var frame = await client.ReadFrameAsync();
        Assert.Equal(RawFrame.Close, frame?.Opcode);
        Assert.Equal(
            (code, reason),
            (BinaryPrimitives.ReadUInt16BigEndian(frame!.Payload), new RawFrame(0, frame.Payload[2..]).PayloadText)
        );
    }
}
