using System.Text.Json;
using System.Text.Json.Serialization;
using OptimizationGateway.Bench;
using OptimizationGateway.Bench.Logs;

var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
{
    WriteIndented = true,
    Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
};
Console.CancelKeyPress += (_, _) => Child.EndAll();
try
{
    var options = BenchOptions.Parse(args);
    if (options.IsList)
    {
        var all = Workload.All.Select(each => (each.Name, each.Title)).Concat(LogWorkload.All.Select(each => (each.Name, each.Title)));
        Console.WriteLine(string.Join('\n', all.Select(each => $"{each.Name, -14} {each.Title}")));
        return 0;
    }

    var root = Root();
    if (options.IsCheck)
    {
        return await Check.RunAsync(options, root);
    }

    if (Target.Configuration != "Release")
    {
        throw new BenchException("Only a Release build says anything about speed. Run `make bench`, which builds it.");
    }

    var folder = Directory.CreateDirectory(Path.Combine(root, "bench", "results")).FullName;
    var path = Path.Combine(folder, options.Name);
    var results = new BenchResults(Machine.Look(root), options.Rounds, options.IsQuick, [], []);
    await new Runner(options, root).RunAsync(results, Save);
    await new LogRunner(options, root).RunAsync(results, Save);
    Console.WriteLine($"\n{Report.Markdown(results)}\nWritten to bench/results/{options.Name}.md, .json and .svg.");
    return results.Workloads.Exists(workload => workload.Faults.Count > 0) ? 1 : 0;

    void Save(BenchResults results)
    {
        File.WriteAllText($"{path}.json", JsonSerializer.Serialize(results, json));
        File.WriteAllText($"{path}.md", Report.Markdown(results));
        File.WriteAllText($"{path}.svg", Plot.Svg(results));
    }
}
catch (BenchException fault)
{
    Console.Error.WriteLine($"make bench: {fault.Message}");
    return 1;
}

static string Root()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "OptimizationGateway.sln")))
        {
            return folder.FullName;
        }
    }

    throw new BenchException("bench/Bench runs from a checkout of the repository: it starts the programs that were built there.");
}
