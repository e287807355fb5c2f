using System.Globalization;

namespace OptimizationGateway.Faults.Rolling;

/// <summary>What the command line asks for.</summary>
internal sealed record FleetOptions
{
    public const string Help = """
        Restarts, kills and reloads a fleet of three gateways behind the shipped HAProxy file while clients watch, and judges what they saw.

        Usage: make fleet [CLIENTS=3000]
               dotnet run --project tests/Faults -- fleet [--clients <number>] [--jobs <number>] [--opens <number>] [--age <seconds>]

          --clients  how many clients watch a job each, from 30 to 5,000 (default 3,000)
          --jobs     how many jobs there are, from 1 to 3,000 (default 300)
          --opens    Gateway:Upstream:OpensPerSecond of each gateway (default 100)
          --age      Gateway:Limits:ConnectionAge in seconds; 0: off (default 60)
          --unpaced  sets no rate of opens, so that the check of it fails

        Exit code 0: nothing was lost or repeated, and every promise held.
        """;

    public int Clients { get; init; } = 3_000;

    public int Jobs { get; init; } = 300;

    public int OpensPerSecond { get; init; } = 100;

    public TimeSpan Age { get; init; } = TimeSpan.FromSeconds(60);

    public bool IsUnpaced { get; init; }

    /// <returns>Null where it makes no sense.</returns>
    public static FleetOptions? Parse(IEnumerable<string> args)
    {
        var options = new FleetOptions();
        var words = new Queue<string>(args);
        while (words.TryDequeue(out var word))
        {
            if (word == "--unpaced")
            {
                options = options with { IsUnpaced = true };
                continue;
            }

            var value =
                words.TryDequeue(out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;
            FleetOptions? next = word switch
            {
                "--clients" when value is >= 30 and <= 5_000 => options with { Clients = value },
                "--jobs" when value is >= 1 and <= 3_000 => options with { Jobs = value },
                "--opens" when value is >= 1 and <= 100_000 => options with { OpensPerSecond = value },
                "--age" when value is >= 0 and <= 3_600 => options with { Age = TimeSpan.FromSeconds(value) },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }
}
