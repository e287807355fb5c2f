using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>A backend that talks without end and says nothing: PROTOCOL.md sections 8 and 9.</summary>
public sealed class UselessMessagesTests
{
    private static readonly WatchJobResponse[] Begun = [Say.Subscribed(last: 1), Say.Replay(Say.Events(1, 1))];

    public static TheoryData<string> Kinds => ["empty", "heartbeat", "empty replay", "duplicate", "replay of duplicates"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Useless_messages_without_end_are_a_breach_and_after_five_reopens_a_backend_error(string kind)
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        backend.Always(
            async (_, stream, cancelled) =>
            {
                await SayAsync(stream, Begun, cancelled);
                while (!cancelled.IsCancellationRequested)
                {
                    await stream.WriteAsync(OfKind(kind), cancelled);
                }
            }
        );
        await bridge.Client.SubscribeAsync("job-1", 0);

        await clock.RunUntilAsync(() => bridge.Told().Contains("unsubscribed failed"), TimeSpan.FromMinutes(2), "the watch was given up");

        Assert.Equal("error backend_error ended", bridge.Told()[^2]);
        Assert.Equal(6, backend.Requests.Count);
        Assert.Equal(Enumerable.Repeat("Breach", 6), bridge.Causes);
        Assert.Contains("(Breach: UselessMessages)", bridge.Warnings[0], StringComparison.Ordinal);
        await bridge.AssertLivesAsync();
    }

    [Fact]
    public async Task A_careless_backend_may_replay_its_whole_log_at_each_reopen()
    {
        var clock = new Clock();
        await using var backend = await ScriptedBackend.StartAsync();
        await using var bridge = await HostileBridge.OpenAsync(backend.Url, clock);
        const int Length = 20_000;
        for (var stream = 0; stream < 4; stream++)
        {
            backend.Next((_, writer, cancelled) => ReplayAsync(writer, Length + stream, StatusCode.Unavailable, cancelled));
        }

        backend.Next(
            async (_, writer, cancelled) =>
            {
                await ReplayAsync(writer, Length + 4, fails: null, cancelled);
                await writer.WriteAsync(Say.Live(Say.Completed(Length + 5)), cancelled);
            }
        );
        await bridge.Client.SubscribeAsync("job-1", 0);

        await clock.RunUntilAsync(() => bridge.Told().Contains("unsubscribed job_ended"), TimeSpan.FromMinutes(2), "the job ended");

        Assert.Equal(Enumerable.Range(1, Length + 5).Select(id => (long)id), bridge.Client.EventIds("job-1"));
        Assert.DoesNotContain("Breach", bridge.Causes);
    }

    /// <summary>The whole log from 1 on, in the smallest batches there are.</summary>
    private static async Task ReplayAsync(
        IServerStreamWriter<WatchJobResponse> stream,
        int length,
        StatusCode? fails,
        CancellationToken cancelled
    )
    {
        await stream.WriteAsync(Say.Subscribed(last: length), cancelled);
        for (var id = 1; id <= length; id++)
        {
            await stream.WriteAsync(Say.Replay(hasMore: id < length, Say.Event(id, previous: id - 1)), cancelled);
        }

        if (fails is { } status)
        {
            throw new RpcException(new Status(status, "scripted"));
        }
    }

    private static async Task SayAsync(
        IServerStreamWriter<WatchJobResponse> stream,
        IEnumerable<WatchJobResponse> messages,
        CancellationToken cancelled
    )
    {
        foreach (var message in messages)
        {
            await stream.WriteAsync(message, cancelled);
        }
    }

    private static WatchJobResponse OfKind(string kind) =>
        kind switch
        {
            "heartbeat" => Say.Heartbeat(last: 1),
            "empty replay" => Say.Replay(),
            "duplicate" => Say.Live(Say.Event(1)),
            "replay of duplicates" => Say.Replay(Say.Events(1, 1)),
            _ => new WatchJobResponse(),
        };
}
