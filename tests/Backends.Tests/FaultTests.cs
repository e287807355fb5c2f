using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>Each example killed with -9, and frozen, in the middle of a job that browsers watch: not one event lost, repeated or another.</summary>
public sealed class FaultTests
{
    private const int Kills = 3;
    private const int Iterations = 150;

    public static TheoryData<Language> Languages => new(Enum.GetValues<Language>());

    [Theory, MemberData(nameof(Languages))]
    public async Task Killed_in_the_middle_it_goes_on_and_loses_and_repeats_nothing(Language language)
    {
        await using var run = await Run.StartAsync(language);
        for (var kill = 0; kill < Kills; kill++)
        {
            await run.AfterEventsAsync(7);
            await run.Backend.Process.KillAsync();
            await run.Backend.Process.StartAsync();
        }

        await run.AssertWholeAsync();
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task Frozen_until_the_outage_is_told_it_goes_on_and_loses_and_repeats_nothing(Language language)
    {
        await using var run = await Run.StartAsync(language, "Gateway:Upstream:SilenceTimeout=00:00:02");
        await run.AfterEventsAsync(7);

        run.Backend.Process.Send(Signal.Stop);
        var error = (await run.FromTheStart.UntilAsync("error"))[^1];
        run.Backend.Process.Send(Signal.Continue);

        Assert.Equal(("backend_unavailable", "kept"), ((string?)error["code"], (string?)error["subscription"]));
        await run.AssertWholeAsync();
    }

    /// <summary>A job that writes, and two who watch it: one from the start, one from now on.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private string job = "";
        private long now;

        public required ExampleBackend Backend { get; init; }

        public required TestGateway Gateway { get; init; }

        public required TestClient FromTheStart { get; init; }

        public required TestClient LiveOnly { get; init; }

        public static async Task<Run> StartAsync(Language language, params string[] settings)
        {
            var backend = await ExampleBackend.StartAsync(language, heartbeat: 0.5);
            var gateway = await TestGateway.StartAsync(backend.Url, time: null, settings);
            var run = new Run
            {
                Backend = backend,
                Gateway = gateway,
                FromTheStart = await gateway.ConnectAsync(),
                LiveOnly = await gateway.ConnectAsync(),
                job = await backend.StartJobAsync(Iterations, delayMs: 20),
            };
            await run.FromTheStart.SubscribeAsync(run.job, 0);
            await run.LiveOnly.SubscribeAsync(run.job);
            run.now = (long)(await run.LiveOnly.NextAsync("subscribed"))["lastEventId"]!;
            return run;
        }

        public async Task AfterEventsAsync(int count)
        {
            for (var events = 0; events < count; )
            {
                events += TestClient.EventIds([await FromTheStart.NextAsync()], job).Count;
            }
        }

        public async Task AssertWholeAsync()
        {
            foreach (var client in new[] { FromTheStart, LiveOnly })
            {
                Assert.Equal("job_ended", (string?)(await client.UntilAsync("unsubscribed"))[^1]["reason"]);
            }

            await using var reader = await Gateway.ConnectAsync();
            await reader.SubscribeAsync(job, 0);
            await reader.UntilAsync("unsubscribed");
            Assert.Equal(Enumerable.Range(1, Iterations + 2).Select(id => (long)id), reader.EventIds(job));
            var log = Events(reader);
            Assert.Equal(log, Events(FromTheStart), JsonNode.DeepEquals);
            Assert.Equal(log.Skip((int)now), Events(LiveOnly), JsonNode.DeepEquals);
        }

        public async ValueTask DisposeAsync()
        {
            await FromTheStart.DisposeAsync();
            await LiveOnly.DisposeAsync();
            await Gateway.DisposeAsync();
            await Backend.DisposeAsync();
        }

        private List<JsonNode> Events(TestClient client) => [.. TestClient.Events(client.Received, job)];
    }
}
