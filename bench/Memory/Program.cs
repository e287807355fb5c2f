using OptimizationGateway.Memory;

return args switch
{
    ["slow", .. var rest] => await SlowReaders.RunAsync(Number(rest, 1_000)),
    ["stuck", .. var rest] => await StuckViewers.RunAsync(Number(rest, 1_000)),
    ["attack", .. var rest] => await AttackAsync(rest),
    ["soak", .. var rest] => await Soak.RunAsync(Number(rest, 600)),
    ["churn", .. var rest] => await Churn.RunAsync(Number(rest, 10_000)),
    [MeasuredProgram.Verb, .. var settings] => await MeasuredProgram.ServeAsync(settings),
    _ => Usage(),
};

static int Number(string[] rest, int otherwise) => rest is [var text] && int.TryParse(text, out var number) ? number : otherwise;

static async Task<int> AttackAsync(string[] rest)
{
    if (rest is ["all", var each])
    {
        return await Attack.RunAllAsync(TimeSpan.FromSeconds(Number([each], 60))) ? 0 : 1;
    }

    if (
        rest is not [var name, var limit, var size, var streams, var time]
        || !Attack.All.TryGetValue(name, out var attack)
        || !Enum.TryParse<Limit>(limit, ignoreCase: true, out var kind)
        || streams is not ("shared" or "own")
    )
    {
        return Usage();
    }

    var isWell = await attack.RunAsync(kind, Number([size], 256), streams == "shared", TimeSpan.FromSeconds(Number([time], 60)));
    return isWell ? 0 : 1;
}

static int Usage()
{
    Console.Error.WriteLine(
        "Usage: dotnet run -c Release --project bench/Memory -- slow [readers, default 1000] | stuck [viewers, default 1000] | churn [connections a round, default 10000] | soak [seconds, default 600] | attack 25x100|100x100|1000x100|9000+1000|1000sse heap|cgroup <MiB> shared|own <seconds> | attack all <seconds each>"
    );
    return 2;
}
