namespace OptimizationGateway.Conformance.Options;

/// <summary>The command line as options that fit together.</summary>
internal static class KitOptionsParser
{
    /// <param name="args">As given.</param>
    /// <param name="ruleNames">The names that --rule accepts.</param>
    /// <exception cref="BadOptionException">An option is unknown or has a bad value; the message says what to change.</exception>
    public static KitOptions Parse(IReadOnlyList<string> args, IReadOnlyList<string> ruleNames)
    {
        var options = new KitOptions();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, given) = args[i].Split('=', 2) is [var before, var after] ? (before, after) : (args[i], null);
            var option = Find(name);
            if (option.Value is null)
            {
                options = given is null ? option.Take(options, "") : throw new BadOptionException($"{name} takes no value.");
                continue;
            }

            var value =
                given
                ?? (
                    i + 1 < args.Count
                        ? IsOption(args[i + 1])
                            ? throw new BadOptionException(
                                $"{name} has no value: what follows it is {args[i + 1].Split('=')[0]}. Did the command for it print nothing?"
                            )
                            : args[++i]
                        : throw new BadOptionException($"{name} needs a value: {option.Value}, {option.Meaning}.")
                );
            options = option.Take(options, value);
        }

        if (!options.Help && !options.Version)
        {
            Check(options, ruleNames);
        }

        return options;
    }

    private static bool IsOption(string arg) => KitOption.All.Any(option => option.Name == arg.Split('=')[0]);

    private static KitOption Find(string name) =>
        KitOption.All.FirstOrDefault(option => option.Name == (name == "-h" ? "--help" : name))
        ?? throw new BadOptionException(
            name.StartsWith('-')
                ? $"There is no option {name}. --help lists them."
                : $"'{name}' belongs to no option. A command with blanks needs quotes, as in --start-job 'make job'."
        );

    private static void Check(KitOptions options, IReadOnlyList<string> ruleNames)
    {
        if (options.Rules.FirstOrDefault(name => !ruleNames.Contains(name)) is { } unknown)
        {
            throw new BadOptionException($"There is no rule '{unknown}'. There are: {string.Join(", ", ruleNames)}.");
        }

        if (options.List)
        {
            return;
        }

        if (options.Backend is null)
        {
            throw new BadOptionException("--backend is missing: where WatchJob is served, such as --backend http://127.0.0.1:5001.");
        }

        if (options.Backend.Scheme == "http" && (options.Authority ?? options.Certificate ?? options.Key) is not null)
        {
            throw new BadOptionException("--ca, --cert and --key are for https://, and --backend is http://.");
        }

        if (options.Certificate is null != options.Key is null)
        {
            throw new BadOptionException("--cert and --key go together: give both or none.");
        }

        if (options.StartJob is { } command && string.IsNullOrWhiteSpace(command))
        {
            throw new BadOptionException("--start-job is empty: give a command that starts a job and prints its id.");
        }

        if (options.LongestSilence <= options.Heartbeat)
        {
            throw new BadOptionException("--silence must be longer than --heartbeat, or every heartbeat comes too late.");
        }
    }
}
