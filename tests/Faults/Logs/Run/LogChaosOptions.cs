using System.Globalization;

namespace OptimizationGateway.Faults.Logs.Run;

/// <summary>A mistake that is put into the system, so that the run must fail.</summary>
internal enum LogBug
{
    None,

    /// <summary>Commits wait for no standby, nothing waits for one before it is shown, and a log that went back doesn't say so.</summary>
    AsynchronousWithoutFence,

    /// <summary>Ids come from a sequence.</summary>
    IdsFromASequence,

    /// <summary>An append doesn't lock its job.</summary>
    NoRowLock,

    /// <summary>An append that was made is made again.</summary>
    RetryWithoutCompare,

    /// <summary>A producer that was replaced may go on.</summary>
    NoFencing,
}

/// <summary>What the command line asks for.</summary>
internal sealed record LogChaosOptions
{
    public const string Help = """
        Kills, cuts and freezes PostgreSQL, log servers, gateways and producers, while producers append and clients watch, and judges what they got.

        Usage: make log-chaos [DURATION=600] [SEED=1] [BATCH=20] [BUG=NoRowLock]
               dotnet run --project tests/Faults -- logs [--duration <seconds>] [--seed <number>] [--batch <number>] [--bug <name>]

          --duration  how long faults are made, in seconds (default 600)
          --seed      decides what is random in the faults' order (default: a random one, which is printed)
          --batch     the most events of an append, from 1 to 500 (default 20)
          --bug       puts a mistake into the log, and the run must find it: AsynchronousWithoutFence, IdsFromASequence, NoRowLock,
                      RetryWithoutCompare, NoFencing

        Exit code 0: nothing was lost or repeated, and every promise held.
        """;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(600);

    public int Seed { get; init; } = Random.Shared.Next(1, 1_000_000);

    public int Batch { get; init; } = 20;

    public LogBug Bug { get; init; }

    /// <returns>Null where it makes no sense.</returns>
    public static LogChaosOptions? Parse(string[] args)
    {
        var options = new LogChaosOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--duration" when Number(value) is >= 1 and <= 86_400 and var seconds:
                    options = options with { Duration = TimeSpan.FromSeconds(seconds) };
                    break;
                case "--seed" when Number(value) is { } seed:
                    options = options with { Seed = seed };
                    break;
                case "--batch" when Number(value) is >= 1 and <= 500 and var batch:
                    options = options with { Batch = batch };
                    break;
                case "--bug" when Enum.TryParse<LogBug>(value, out var bug):
                    options = options with { Bug = bug };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    private static int? Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
