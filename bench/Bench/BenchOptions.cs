using System.Globalization;
using OptimizationGateway.Bench.Logs;

namespace OptimizationGateway.Bench;

/// <summary>The command line, as <c>make bench</c> builds it.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        Usage: make bench [WORKLOADS=live-1,live-50] [TARGETS=gateway,csharp] [ROUNDS=3] [QUICK=1] [NAME=results]
        or: dotnet run -c Release --project bench/Bench -- [--workloads …] [--targets …] [--rounds N] [--quick] [--name …]
            [--other <path of another build's OptimizationGateway.Gateway.dll>] [--gateway "<further settings of the gateway>"]
            [--check] [--list]
        """;

    /// <summary>The workloads. Default: all.</summary>
    public IReadOnlyList<Workload> Workloads { get; init; } = Workload.All;

    /// <summary>The workloads of log servers. Default: all.</summary>
    public IReadOnlyList<LogWorkload> LogWorkloads { get; init; } = LogWorkload.All;

    /// <summary>The names of the measured programs. Default: all.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The number of runs of each workload with each program. Default: 5; 1 if quick.</summary>
    public int Rounds { get; init; }

    /// <summary>True for a tenth of the size.</summary>
    public bool IsQuick { get; init; }

    /// <summary>The name of the files in bench/results. Default: the workloads' names, or <c>all</c>.</summary>
    public string Name { get; init; } = "all";

    /// <summary>Another build of the gateway to compare with.</summary>
    public string? Other { get; init; }

    /// <summary>Further settings of the gateway.</summary>
    public string[] GatewayArguments { get; init; } = [];

    /// <summary>True to see, in seconds, that events come through the gateway and a peer; nothing is written.</summary>
    public bool IsCheck { get; init; }

    public bool IsList { get; init; }

    /// <exception cref="BenchException">An argument isn't known, or has no such value.</exception>
    public static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Length; i++)
        {
            string Value() => ++i < args.Length ? args[i] : throw new BenchException($"{args[i - 1]} needs a value.\n{Usage}");
            options = args[i] switch
            {
                "--workloads" => options.With(Names(Value())),
                "--targets" => options with { Targets = Names(Value()) },
                "--rounds" => options with { Rounds = Number(Value()) },
                "--quick" => options with { IsQuick = true },
                "--name" => options with { Name = Value() },
                "--other" => options with { Other = Path.GetFullPath(Value()) },
                "--gateway" => options with { GatewayArguments = Value().Split(' ', StringSplitOptions.RemoveEmptyEntries) },
                "--check" => options with { IsCheck = true, Targets = options.Targets.Count > 0 ? options.Targets : ["gateway", "csharp"] },
                "--list" => options with { IsList = true },
                var other => throw new BenchException($"{other} isn't an argument.\n{Usage}"),
            };
        }

        Check("target", options.Targets, [.. Target.All("", [], options.Other).Select(t => t.Name), .. LogTarget.All.Select(t => t.Name)]);
        return options with
        {
            Name = options.IsQuick ? $"quick-{options.Name}" : options.Name,
            Rounds =
                options.Rounds > 0 ? options.Rounds
                : options.IsQuick ? 1
                : 5,
        };
    }

    private BenchOptions With(string[] names)
    {
        Check("workload", names, [.. Workload.All.Select(each => each.Name), .. LogWorkload.All.Select(each => each.Name)]);
        return this with
        {
            Workloads = [.. Workload.All.Where(workload => names.Contains(workload.Name))],
            LogWorkloads = [.. LogWorkload.All.Where(workload => names.Contains(workload.Name))],
            Name = string.Join('+', names),
        };
    }

    private static void Check(string kind, IEnumerable<string> names, IReadOnlyList<string> known)
    {
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new BenchException($"There is no {kind} '{unknown}'. There are: {string.Join(", ", known)}");
        }
    }

    private static string[] Names(string list) => list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new BenchException($"'{text}' is no number of rounds. Give one from 1, such as ROUNDS=3.");
}
