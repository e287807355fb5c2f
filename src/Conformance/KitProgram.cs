using System.Reflection;
using System.Text;
using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Report;
using OptimizationGateway.Conformance.Rules;

namespace OptimizationGateway.Conformance;

/// <summary>The command line: help, lists, and a run that ends in an exit code.</summary>
internal static class KitProgram
{
    private const int HelpColumn = 31;

    public static string Version =>
        typeof(KitProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken token)
    {
        IReport report = args.Contains("--json") ? new JsonReport(output) : new TableReport(output, errors);
        try
        {
            var options = KitOptionsParser.Parse(args, [.. RuleBook.All.Select(rule => rule.Name)]);
            switch (options)
            {
                case { Help: true }:
                    await output.WriteAsync(Help());
                    return (int)ExitCode.AllPassed;
                case { Version: true }:
                    await output.WriteLineAsync(Version);
                    return (int)ExitCode.AllPassed;
                case { List: true }:
                    report.List(RuleBook.All);
                    return (int)ExitCode.AllPassed;
                default:
                    return (int)await new Kit(options, report, TimeProvider.System).RunAsync(token);
            }
        }
        catch (BadOptionException bad)
        {
            report.Fail("bad_option", bad.Message);
            return (int)ExitCode.BadOption;
        }
        catch (KitFaultException fault)
        {
            report.Fail("command_failed", fault.Message);
            return (int)ExitCode.NotJudged;
        }
    }

    private static string Help()
    {
        var help = new StringBuilder();
        help.AppendLine("Points at a backend that serves WatchJob, in any language, and says rule by rule whether it keeps the contract.");
        help.AppendLine();
        help.AppendLine("Usage: watchjob-conformance --backend <url> --start-job <command> [options]");
        help.AppendLine("       dotnet run --project src/Conformance -- … the same, in the repository");
        help.AppendLine();
        foreach (var option in KitOption.All)
        {
            help.Append("  ").Append($"{option.Name} {option.Value}".PadRight(HelpColumn - 2)).AppendLine(option.Meaning);
        }

        help.AppendLine();
        help.AppendLine(
            "Exit code: 0 no rule is broken; 1 some are; 2 the command line makes no sense; 3 nothing can be said, as where nothing answers."
        );
        help.AppendLine("A rule that can't be looked at is n/a, and says which option is missing; --strict counts it as broken.");
        help.AppendLine();
        help.AppendLine("Try it with an example: make -C examples/backends/python run ARGS='--heartbeat 1', then in another terminal");
        help.AppendLine("  dotnet run --project src/Conformance -- --backend http://127.0.0.1:5001 --heartbeat 1 \\");
        help.AppendLine("    --start-job \"curl -sSfX POST -d '' 'http://127.0.0.1:5002/jobs?iterations=1000&delayMs=2'\" \\");
        help.AppendLine("    --silent-job $(curl -sSfX POST -d '' 'http://127.0.0.1:5002/jobs?iterations=1&delayMs=600000') \\");
        help.AppendLine("    --watches-command 'curl -sSf http://127.0.0.1:5002/watches'");
        return help.ToString();
    }
}
