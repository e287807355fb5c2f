using System.Diagnostics;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>
/// Clients that come back to a job, and go, at a steady rate, for minutes: memory, descriptors and threads must stay where they were after the first
/// tenth of the time, and come back to where they were at the start. Nothing is collected by force.
/// </summary>
internal static class Soak
{
    private const int ConnectsPerSecond = 200;
    private const int Looks = 10;
    private const double Growth = 1.25;
    private const double AtRest = 1.5;

    /// <summary>Of connections that break, as half of them do; a clean close has none.</summary>
    private const double ExceptionsEach = 0.51;

    public static async Task<int> RunAsync(int seconds)
    {
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Always(ServeAsync);
        await using var gateway = await MeasuredProgram.StartAsync(
            $"--Gateway:Backends:test:Address={backend.Url}",
            "--Gateway:Limits:NewConnectionsPerSecond=1000000",
            "--Logging:Console:FormatterName=json"
        );
        // The jobs have a viewer that stays: when the last one leaves, the gRPC client ends the stream by exceptions.
        List<TestClient> stay = [];
        for (var job = 0; job < Churn.Jobs; job++)
        {
            stay.Add(await TestClient.ConnectAsync(gateway.SocketUrl));
            await stay[^1].SubscribeAsync($"job-{job}", 0);
        }

        await Task.WhenAll(Enumerable.Range(0, 10).Select(VisitAsync));
        var start = await RestAsync(gateway);
        Console.WriteLine($"at the start: {start}");

        var looks = new List<Footprint>();
        var (began, visits) = (Stopwatch.GetTimestamp(), new List<Task>());
        var logged = gateway.Logged;
        for (var look = 1; look <= Looks; look++)
        {
            while (Stopwatch.GetElapsedTime(began).TotalSeconds < (double)seconds * look / Looks)
            {
                await Task.Delay(20);
                for (var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * ConnectsPerSecond); visits.Count < due; )
                {
                    visits.Add(VisitAsync(visits.Count));
                }
            }

            looks.Add(await gateway.MeasureAsync(collects: false));
            Console.WriteLine($"after {seconds * look / Looks} s, {visits.Count} connections: {looks[^1]}");
        }

        await Task.WhenAll(visits);
        var rest = await RestAsync(gateway);
        var exceptions = (double)(rest.Exceptions - start.Exceptions) / visits.Count;
        Console.WriteLine($"at rest: {rest}");
        Console.WriteLine(
            $"{exceptions:F2} exceptions and {(gateway.Logged - logged) / visits.Count} characters of log for a connection, half of which broke"
        );

        // A look catches the youngest generation at any size, so the halves are compared.
        var (early, late) = (looks[1..(Looks / 2)], looks[(Looks / 2)..]);
        (string Name, double Ratio, double Allowed)[] ratios =
        [
            ("heap", Ratio(look => look.Heap), Growth),
            ("RSS", Ratio(look => look.Resident), Growth),
            ("descriptors", Ratio(look => look.Files), Growth),
            ("threads", Ratio(look => look.Threads), Growth),
            ("RSS at rest of the start's", (double)rest.Resident / start.Resident, AtRest),
            ("exceptions a connection", exceptions, ExceptionsEach),
        ];
        var isWell = ratios.All(ratio => ratio.Ratio <= ratio.Allowed);
        Console.WriteLine(
            $"{(isWell ? "ok" : "NOT ok")}: second half over first: {string.Join("; ", ratios.Select(ratio => $"{ratio.Name} {ratio.Ratio:F2} (allowed {ratio.Allowed})"))}"
        );
        await Task.WhenAll(stay.Select(client => client.DisposeAsync().AsTask()));
        return isWell ? 0 : 1;

        async Task VisitAsync(int number) => await Churn.VisitAsync(gateway.SocketUrl, number, afterEventId: 20);

        double Ratio(Func<Footprint, double> of) => late.Average(of) / early.Average(of);
    }

    private static async Task ServeAsync(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> stream, CancellationToken stopped)
    {
        await stream.WriteAsync(Say.Subscribed(last: 20), stopped);
        await stream.WriteAsync(Say.Replay(Say.Events(request.AfterEventId + 1, 20)), stopped);
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), stopped);
            await stream.WriteAsync(Say.Heartbeat(last: 20), stopped);
        }
    }

    /// <summary>Waits for half a minute in which nobody is there, as a night is, and looks.</summary>
    private static async Task<Footprint> RestAsync(MeasuredProgram gateway)
    {
        await Task.Delay(TimeSpan.FromSeconds(30));
        return await gateway.MeasureAsync(collects: false);
    }
}
