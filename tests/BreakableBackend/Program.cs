using System.Globalization;
using OptimizationGateway.BreakableBackend;

// As a process of its own, for what is seen of a process: <fault> <port of WatchJob> <port of the jobs>
if (args is not [var fault, var port, var jobsPort])
{
    await Console.Error.WriteLineAsync("Usage: OptimizationGateway.BreakableBackend <fault> <port> <jobs port>");
    return 2;
}

await using var host = await BreakableHost.StartAsync(
    Enum.Parse<Fault>(fault),
    TimeSpan.FromSeconds(1),
    int.Parse(port, CultureInfo.InvariantCulture),
    int.Parse(jobsPort, CultureInfo.InvariantCulture)
);
Console.WriteLine($"WatchJob at {host.Url}, POST {host.JobsUrl}jobs?events=1000&delayMs=1 starts a job; there are 'silent' and 'finished'");
await host.WaitForShutdownAsync();
return 0;
