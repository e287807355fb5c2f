using System.Globalization;
using System.Text.Json.Nodes;
using Grpc.Core;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>A viewer can't tell whether its stream is shared: random plans, run both ways, tell each viewer the same.</summary>
public sealed class SharedOrNotTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    public async Task On_and_off_are_the_same_to_a_viewer(int seed)
    {
        var both = await Task.WhenAll(TellAsync(seed, shared: true), TellAsync(seed, shared: false));
        var (shared, alone) = (both[0], both[1]);

        Assert.Equal(alone.Count, shared.Count);
        for (var i = 0; i < alone.Count; i++)
        {
            Assert.Equal(alone[i], shared[i]);
        }
    }

    /// <summary>Runs a plan. After each act every viewer has been told all of it, so that both runs go the same way.</summary>
    private static async Task<List<string>> TellAsync(int seed, bool shared)
    {
        var random = new Random(seed);
        string[] settings = [$"Gateway:Feeds:Shared={shared}", "Gateway:Feeds:RingBytes=65536"];
        var log = new JobLog { Padding = seed % 2 == 0 ? 400 : 0, NamesPrevious = seed % 3 > 0 };
        await using var audience = await Audience.OpenAsync(log, settings: settings);
        var plan = new Plan(audience, random);
        for (var act = 0; act < 14; act++)
        {
            await plan.ActAsync();
        }

        await plan.EndAsync();
        return [.. audience.Viewers.Select(viewer => string.Join('\n', Normalised(viewer.Received)))];
    }

    /// <summary>One line a message; replays that follow each other are one, and empty ones are left out unless they are awaited.</summary>
    private static IEnumerable<string> Normalised(IEnumerable<JsonObject> messages)
    {
        var replayed = new List<long>();
        foreach (var message in messages)
        {
            if ((string?)message["type"] == "replay")
            {
                replayed.AddRange(TestClient.EventIds([message], Audience.Job));
                continue;
            }

            if (replayed.Count > 0)
            {
                yield return $"replay {string.Join(' ', replayed)}";
                replayed.Clear();
            }

            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{message["type"]} {message["code"]}{message["reason"]}{message["epoch"]} {message["lastEventId"]} {message["event"]?["id"]}"
            );
        }

        if (replayed.Count > 0)
        {
            yield return $"replay {string.Join(' ', replayed)}";
        }
    }

    private sealed class Plan(Audience audience, Random random)
    {
        private readonly List<TestClient> open = [];
        private long cut;

        public Task ActAsync() =>
            random.Next(8) switch
            {
                0 or 1 => AppendAsync(random.Next(1, 30)),
                2 => BreakAsync(random.Next(1, 4)),
                3 when open.Count > 0 => SeekAsync(open[random.Next(open.Count)]),
                4 when open.Count > 1 => UnsubscribeAsync(open[random.Next(open.Count)]),
                5 when audience.Log.Head > 10 => CutAsync(),
                6 when open.Count > 0 && random.Next(3) == 0 => ResetAsync(),
                _ => JoinAsync(),
            };

        /// <summary>The job ends, or its backend refuses all.</summary>
        public async Task EndAsync()
        {
            if (random.Next(2) == 0)
            {
                audience.Log.Complete();
            }
            else
            {
                audience.Log.Break(refuse: StatusCode.PermissionDenied);
            }

            await Task.WhenAll(open.Select(viewer => viewer.UntilAsync("unsubscribed")));
        }

        private async Task AppendAsync(int count)
        {
            var last = audience.Log.Append(count, step: random.Next(1, 4));
            await Task.WhenAll(open.Select(viewer => Audience.UpToAsync(viewer, last)));
        }

        /// <summary>All streams break, and what is appended until they are back is missed.</summary>
        private async Task BreakAsync(int missed)
        {
            audience.Log.Break(refuse: StatusCode.Unavailable);
            var last = audience.Log.Append(missed);
            audience.Log.Admit();
            await Task.WhenAll(open.Select(viewer => Audience.UpToAsync(viewer, last)));
        }

        /// <summary>A cut that reaches no viewer's cursor, so that a break after it ends nobody's subscription.</summary>
        private async Task CutAsync()
        {
            cut = audience.Log.Head - random.Next(1, 8);
            audience.Log.Cut(cut);
            await BreakAsync(1);
        }

        private async Task ResetAsync()
        {
            cut = 0;
            audience.Log.Reset($"e{random.Next(2, 1_000)}", events: random.Next(1, 20));
            await Task.WhenAll(open.Select(viewer => viewer.UntilAsync("unsubscribed")));
            open.Clear();
        }

        private async Task UnsubscribeAsync(TestClient viewer)
        {
            open.Remove(viewer);
            await viewer.SendAsync(new { type = "unsubscribe", jobId = Audience.Job });
            await viewer.UntilAsync("unsubscribed");
        }

        private async Task JoinAsync()
        {
            var cursor = AnyCursor();
            await OpenedAsync(await audience.WatchAsync(cursor), cursor);
        }

        private async Task SeekAsync(TestClient viewer)
        {
            open.Remove(viewer);
            var cursor = AnyCursor();
            await viewer.SettleAsync();
            await Audience.SubscribeAsync(viewer, cursor);
            await OpenedAsync(viewer, cursor);
        }

        private async Task OpenedAsync(TestClient viewer, long? cursor)
        {
            open.Add(viewer);
            await Audience.OpenedAsync(viewer, cursor);
        }

        /// <summary>A cursor that the log still has: a shared stream may still have what the backend has no more.</summary>
        private long? AnyCursor() => random.Next(5) == 0 ? null : random.NextInt64(cut, audience.Log.Head + 1);
    }
}
