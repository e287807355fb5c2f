using System.Text.Json.Nodes;
using CsCheck;
using Google.Protobuf;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Tests.Outboxes;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Subscriptions;

/// <summary>The cut of a batch of history into <c>replay</c> messages: PROTOCOL.md section 3.</summary>
public sealed class JobMessageWriterTests
{
    private const int MostBytes = 256 * 1024;

    [Fact]
    public async Task Any_batch_comes_whole_in_messages_of_at_most_256_KiB_and_only_its_last_may_say_that_no_more_comes()
    {
        var sizes = Gen.OneOf(Gen.Int[0, 300_000], Gen.Int[0, 2_000], Gen.Int[130_000, 131_200]).List[0, 12];
        await Gen.Select(sizes, Gen.Bool, Any.Id(64).Null())
            .SampleAsync(
                async (stages, hasMore, requestId) =>
                {
                    var messages = await SplitAsync(stages, hasMore, requestId);

                    Assert.Equal(Enumerable.Range(1, stages.Count).Select(id => (long)id), messages.SelectMany(m => m.Ids));
                    Assert.All(
                        messages,
                        m => Assert.True(m.Bytes <= MostBytes || m.Ids.Length == 1, $"{m.Bytes} bytes in {m.Ids.Length} events")
                    );
                    Assert.All(messages.SkipLast(1), m => Assert.True(m.HasMore && m.Ids.Length > 0));
                    Assert.Equal(hasMore, messages[^1].HasMore);
                    Assert.All(messages, m => Assert.Equal(requestId, m.RequestId));
                },
                iter: 200
            );
    }

    private static async Task<List<(int Bytes, long[] Ids, bool HasMore, string? RequestId)>> SplitAsync(
        List<int> stages,
        bool hasMore,
        string? requestId
    )
    {
        var outbox = TestOutbox.New(int.MaxValue, int.MaxValue);
        using var writer = new JobMessageWriter(
            "job-1",
            watcher: null,
            outbox.Ticket(outbox.OpenLane()),
            new TranslationOptions(),
            TimeProvider.System
        );
        var events = stages.Select((size, i) => Encoded(i + 1, size)).ToList();
        await writer.WriteHistoryAsync(new WatchStep.History(events, hasMore), requested: true, requestId, CancellationToken.None);

        var messages = new List<(int, long[], bool, string?)>();
        while (outbox.TryTake(out var message, out _))
        {
            var json = JsonNode.Parse(message.Bytes.Span)!;
            var ids = json["data"]!.AsArray().Select(e => (long)e!["id"]!).ToArray();
            messages.Add((message.Length, ids, (bool)json["hasMore"]!, (string?)json["requestId"]));
            message.Return();
        }

        return messages;
    }

    private static WatchedEvent Encoded(long id, int stageLength)
    {
        var jobEvent = Say.Event(id);
        jobEvent.Stage = new string('s', stageLength);
        return WatchedEvent.Read(jobEvent.ToByteArray());
    }
}
