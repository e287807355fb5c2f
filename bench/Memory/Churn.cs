using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>Three rounds of clients that come, watch a job and go, by a close or without a word: the third must not cost more than the first.</summary>
internal static class Churn
{
    public const int Jobs = 100;

    private const int Rounds = 3;
    private const int AtOnce = 50;
    private const double Allowed = 1.10;

    public static async Task<int> RunAsync(int connections)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Say(Say.Subscribed(last: 20), Say.Replay(Say.Events(1, 20))));
        await using var gateway = await MeasuredProgram.StartAsync(
            $"--Gateway:Backends:test:Address={backend.Url}",
            "--Gateway:Limits:NewConnectionsPerSecond=1000000"
        );
        var after = new List<Footprint>();
        for (var round = 1; round <= Rounds; round++)
        {
            await Parallel.ForAsync(
                0,
                connections,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                (i, _) => VisitAsync(gateway.SocketUrl, i)
            );
            after.Add(await SettledAsync(gateway));
            Console.WriteLine($"round {round}, {connections} connects and disconnects: {after[^1]}");
        }

        var (heap, resident) = ((double)after[^1].Heap / after[0].Heap, (double)after[^1].Resident / after[0].Resident);
        var isWithin = heap <= Allowed && resident <= Allowed;
        Console.WriteLine(
            $"{(isWithin ? "ok" : "NOT ok")}: round {Rounds} over round 1: heap {heap:F3}, RSS {resident:F3}; allowed {Allowed:F2}"
        );
        return isWithin ? 0 : 1;
    }

    public static async ValueTask VisitAsync(Uri url, int number, long afterEventId = 0)
    {
        await using var client = await TestClient.ConnectAsync(url);
        await client.SubscribeAsync($"job-{number % Jobs}", afterEventId);
        await client.UntilAsync("replay");
        if (number % 2 == 0)
        {
            await client.CloseAsync();
        }
        else
        {
            client.Abort();
        }
    }

    private static async Task<Footprint> SettledAsync(MeasuredProgram gateway)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        Footprint now;
        do
        {
            await poll.WaitForNextTickAsync();
            now = await gateway.MeasureAsync();
        } while (now.Connections > 0);

        return now;
    }
}
