using System.Net;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests.Producers;

/// <summary>Producers append while the log server is killed and started again: every event is in its log exactly once, in its order.</summary>
public sealed class KillTests
{
    private const int Rounds = 60;

    /// <summary>3,000 events; 102,000 in the long form.</summary>
    private static readonly int PerRound = LongForm.IsAsked ? 1700 : 50;

    [Fact]
    public async Task The_client_of_Durable_Streams_appends_each_event_once()
    {
        await using var server = await ChildLogServer.StartAsync();
        var url = new Uri(server.HttpUrl, "/jobs/other/events").ToString();
        await using var producer = OtherProducer.Start("node", "durable-producer.mjs", url, $"{Rounds}", $"{PerRound}");
        for (var round = 1; round <= Rounds; round++)
        {
            Assert.Equal($"{round * PerRound}", await producer.LineAsync());
            if (round % 20 == 10)
            {
                await server.RestartAsync();
            }
        }

        Assert.Equal("end", await producer.LineAsync());
        var events = await server.Client.EventsAsync("other");
        Assert.Equal(Enumerable.Range(0, Rounds * PerRound), NumbersOf(events, "counted"));
        Assert.Equal(JobEvent.PayloadOneofCase.JobCompleted, events[^1].PayloadCase);
    }

    [Fact]
    public async Task Producers_of_one_job_append_each_event_once()
    {
        await using var server = await ChildLogServer.StartAsync();
        using var stop = new CancellationTokenSource();
        var counts = new int[4];
        var producers = counts.Select((_, number) => ProduceAsync(server.HttpUrl, number, counts, stop.Token)).ToList();
        for (var kill = 0; kill < 4; kill++)
        {
            // Each has appended since the last kill, and is somewhere in its next append.
            var enough = counts.Select(count => count + 5).ToList();
            await Until.TrueAsync(
                async () =>
                {
                    // None ends by itself, so one that has ended has failed.
                    await (producers.Find(producer => producer.IsCompleted) ?? Task.CompletedTask);
                    return counts.Zip(enough).All(pair => pair.First >= pair.Second);
                },
                "each producer goes on"
            );
            await server.RestartAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(producers);
        var events = await server.Client.EventsAsync("shared");

        Assert.Equal(Enumerable.Range(1, events.Count).Select(id => (long)id), events.Select(jobEvent => jobEvent.Id));
        for (var number = 0; number < producers.Count; number++)
        {
            Assert.Equal(Enumerable.Range(0, counts[number]), NumbersOf(events, $"p{number}"));
        }
    }

    /// <summary>Appends, each time until it is acknowledged, and counts.</summary>
    private static async Task ProduceAsync(Uri url, int number, int[] counts, CancellationToken stop)
    {
        using var client = new LogServerClient(url, url);
        while (!stop.IsCancellationRequested)
        {
            await AppendAsync(client, $"p{number}", counts[number]);
            Interlocked.Increment(ref counts[number]);
        }
    }

    private static async Task AppendAsync(LogServerClient client, string name, int sequence)
    {
        while (true)
        {
            try
            {
                using var answer = await client.AppendAsync(
                    "shared",
                    $$$"""{"eventType":"{{{name}}}","data":{"n":{{{sequence}}}}}""",
                    ("Producer-Id", name),
                    ("Producer-Epoch", "0"),
                    ("Producer-Seq", $"{sequence}")
                );
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            }
            catch (HttpRequestException)
            {
                // It is away: perhaps the append was made, perhaps not.
            }
        }
    }

    private static IEnumerable<int> NumbersOf(List<JobEvent> events, string eventType) =>
        events
            .Where(jobEvent => jobEvent.Custom?.EventType == eventType)
            .Select(jobEvent => (int)jobEvent.Custom.Data.Fields["n"].NumberValue);
}
