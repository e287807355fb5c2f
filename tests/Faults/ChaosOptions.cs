using System.Globalization;

namespace OptimizationGateway.Faults;

/// <summary>What the command line asks for.</summary>
internal sealed record ChaosOptions
{
    public const string Help = """
        Kills, cuts and stalls a system of two gateways and four backends while clients write down what they see, and judges the histories.

        Usage: make chaos [DURATION=600] [SEED=1]
               dotnet run --project tests/Faults -- [--duration <seconds>] [--seed <number>] [--jobs <number>] [--keep] | --check <folder>

          --duration  how long faults are made, in seconds (default 600); up to twice as long if there weren't enough by then
          --seed      decides all that is random (default: a random one, which is printed)
          --jobs      how many endless jobs there are, from 1 to 40 (default 12)
          --keep      keeps the histories of a clean run too
          --check     judges a run that was kept, again

        Exit code 0: nothing was lost or repeated, every promise held, and there were faults enough.
        """;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(600);

    public int Seed { get; init; } = Random.Shared.Next(1, 1_000_000);

    public int Jobs { get; init; } = 12;

    public bool Keep { get; init; }

    /// <returns>Null where it makes no sense.</returns>
    public static ChaosOptions? Parse(string[] args)
    {
        var options = new ChaosOptions();
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--keep":
                    options = options with { Keep = true };
                    continue;
                case "--duration" when Number(value) is >= 1 and <= 86_400 and var seconds:
                    options = options with { Duration = TimeSpan.FromSeconds(seconds) };
                    break;
                case "--seed" when Number(value) is { } seed:
                    options = options with { Seed = seed };
                    break;
                case "--jobs" when Number(value) is >= 1 and <= 40 and var jobs:
                    options = options with { Jobs = jobs };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options;
    }

    private static int? Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
