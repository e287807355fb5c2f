using OptimizationGateway.Memory;

return args switch
{
    ["slow", .. var rest] => await SlowReaders.RunAsync(Number(rest, 1_000)),
    ["churn", .. var rest] => await Churn.RunAsync(Number(rest, 10_000)),
    [MeasuredProgram.Verb, .. var settings] => await MeasuredProgram.ServeAsync(settings),
    _ => Usage(),
};

static int Number(string[] rest, int otherwise) => rest is [var text] && int.TryParse(text, out var number) ? number : otherwise;

static int Usage()
{
    Console.Error.WriteLine(
        "Usage: dotnet run -c Release --project bench/Memory -- slow [readers, default 1000] | churn [connections a round, default 10000]"
    );
    return 2;
}
