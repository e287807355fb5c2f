using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using OptimizationGateway.BreakableBackend;
using OptimizationGateway.Conformance.Rules;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>What the program says to people and to scripts.</summary>
public sealed class CommandLineTests
{
    private const string Somewhere = "--backend=http://127.0.0.1:1";

    public static TheoryData<string[], string> BadOptions =>
        new()
        {
            { [], "--backend is missing" },
            { ["--backend"], "--backend needs a value: <url>" },
            { ["--silent-job", "--watches-command", "x"], "--silent-job has no value: what follows it is --watches-command." },
            { ["--backend=127.0.0.1:5001"], "--backend is '127.0.0.1:5001'" },
            { ["--backend=ftp://127.0.0.1"], "give http://<host>:<port>, or https://" },
            { ["--backend=http://127.0.0.1:5001/path"], "which is no address of a backend" },
            { [Somewhere, "--bakend=x"], "There is no option --bakend. --help lists them." },
            { [Somewhere, "curl"], "'curl' belongs to no option. A command with blanks needs quotes" },
            { [Somewhere, "--rule=seams"], "There is no rule 'seams'. There are: first-message, subscribed-first" },
            { [Somewhere, "--heartbeat=0"], "--heartbeat is '0': give seconds above 0" },
            { [Somewhere, "--silence=soon"], "--silence is 'soon': give seconds" },
            { [Somewhere, "--heartbeat=15", "--silence=10"], "--silence must be longer than --heartbeat" },
            { [Somewhere, "--first-message=-1"], "--first-message is '-1'" },
            { [Somewhere, "--job-time=1e9"], "--job-time is '1e9'" },
            { [Somewhere, "--pid=x"], "--pid is 'x', which is no process id" },
            { [Somewhere, "--pid=2147483647"], "--pid is 2147483647, and there is no such process" },
            { [Somewhere, "--finished-job="], "--finished-job is empty" },
            { [Somewhere, "--start-job= "], "--start-job is empty" },
            { [Somewhere, "--metadata=secret"], "--metadata has no usable key: give key=value" },
            { [Somewhere, "--metadata=grpc-timeout=secret"], "--metadata has no usable key in 'grpc-timeout'" },
            { [Somewhere, "--ca=/no/such/file"], "--ca is '/no/such/file', which is no file" },
            { [Somewhere, $"--ca={Environment.ProcessPath}"], "--ca, --cert and --key are for https://" },
            { ["--backend=https://127.0.0.1:1", $"--cert={Environment.ProcessPath}"], "--cert and --key go together" },
            { ["--backend=https://127.0.0.1:1", $"--ca={Environment.ProcessPath}"], "--ca is '" },
            { [Somewhere, "--json=yes"], "--json takes no value" },
        };

    [Theory, MemberData(nameof(BadOptions))]
    public async Task A_command_line_that_makes_no_sense_is_said_to_in_one_message_and_ends_with_2(string[] args, string message)
    {
        var run = await KitRun.OfAsync(args);

        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task A_program_hears_of_it_by_a_code()
    {
        var run = await KitRun.OfAsync("--json", "--nonsense");

        Assert.Equal(("bad_option", 2), ((string?)run.Json["error"]!["code"], run.ExitCode));
    }

    [Fact]
    public async Task Where_nothing_listens_there_is_one_message_and_no_failures()
    {
        var table = await KitRun.OfAsync(Somewhere);
        var json = await KitRun.OfAsync(Somewhere, "--json");

        Assert.StartsWith("Nothing answers at 127.0.0.1:1: ", table.Errors, StringComparison.Ordinal);
        Assert.Equal((3, ""), (table.ExitCode, table.Output));
        Assert.Equal(("unreachable", 3), ((string?)json.Json["error"]!["code"], json.ExitCode));
    }

    [Fact]
    public async Task A_job_that_was_named_and_is_not_there_is_one_message_too()
    {
        await using var backend = await BreakableHost.StartAsync(Fault.None, TimeSpan.FromSeconds(1));

        var finished = await KitRun.OfAsync($"--backend={backend.Url}", "--finished-job=finnished");
        var silent = await KitRun.OfAsync($"--backend={backend.Url}", "--finished-job=finished", "--silent-job=quiet");
        var started = await KitRun.OfAsync($"--backend={backend.Url}", "--start-job=echo nope");

        Assert.Equal("The backend doesn't know finnished, which --finished-job names: NOT_FOUND (unknown job).", finished.Errors.Trim());
        Assert.Equal("The backend doesn't know quiet, which --silent-job names: NOT_FOUND (unknown job).", silent.Errors.Trim());
        Assert.Equal(
            "The backend doesn't know 'nope', the last line that --start-job printed: NOT_FOUND (unknown job). It must start a job there, and print its id.",
            started.Errors.Trim()
        );
        Assert.Equal([3, 3, 3], new[] { finished, silent, started }.Select(run => run.ExitCode));
    }

    [Fact]
    public async Task A_port_that_is_not_WatchJobs_is_told_from_one_that_is()
    {
        await using var backend = await BreakableHost.StartAsync(Fault.None, TimeSpan.FromSeconds(1));

        var run = await KitRun.OfAsync($"--backend={backend.JobsUrl}");

        Assert.StartsWith(
            $"Something listens at {backend.JobsUrl.Authority}, and no gRPC call comes about",
            run.Errors,
            StringComparison.Ordinal
        );
        Assert.Equal(3, run.ExitCode);
    }

    [Fact]
    public async Task One_that_hangs_hangs_no_rule()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var run = await KitRun.OfAsync(
            $"--backend=http://{listener.LocalEndpoint}",
            "--finished-job=finished",
            "--silent-job=silent",
            "--first-message=0.2",
            "--rule=not-found",
            "--rule=first-message",
            "--rule=epoch",
            "--json"
        );

        Assert.All(run.Rules, rule => Assert.Contains("Nothing came for 200 ms at all", (string)rule["seen"]!, StringComparison.Ordinal));
        Assert.Equal((3, 1), ((int)run.Json["failed"]!, run.ExitCode));
    }

    [Fact]
    public async Task A_command_that_fails_ends_the_run_and_says_nothing_of_the_backend()
    {
        await using var backend = await BreakableHost.StartAsync(Fault.None, TimeSpan.FromSeconds(1));

        var failed = await KitRun.OfAsync($"--backend={backend.Url}", "--start-job=echo no such queue >&2; exit 7", "--rule=seam");
        var mute = await KitRun.OfAsync($"--backend={backend.Url}", "--start-job=true", "--rule=seam");
        var wordy = await KitRun.OfAsync(
            $"--backend={backend.Url}",
            "--silent-job=silent",
            "--watches-command=echo many",
            "--rule=cancellation"
        );

        Assert.Equal("--start-job ended with exit code 7: no such queue", failed.Errors.Trim());
        Assert.StartsWith("--start-job printed no id.", mute.Errors, StringComparison.Ordinal);
        Assert.StartsWith("--watches-command printed 'many': its last line must be a number.", wordy.Errors, StringComparison.Ordinal);
        Assert.Equal([3, 3, 3], new[] { failed, mute, wordy }.Select(run => run.ExitCode));
    }

    [Fact]
    public async Task A_rule_that_lacks_something_says_which_option_gives_it_and_strict_counts_it_as_broken()
    {
        await using var backend = await BreakableHost.StartAsync(Fault.None, TimeSpan.FromSeconds(1));
        string[] args = [$"--backend={backend.Url}", "--rule=seam", "--rule=cursor", "--rule=cancellation", "--rule=not-found"];

        var run = await KitRun.OfAsync(args);
        var strict = await KitRun.OfAsync([.. args, "--strict"]);

        Assert.Matches("n/a +seam", run.Output);
        Assert.Contains("It needs a job that runs: --start-job.", run.Words, StringComparison.Ordinal);
        Assert.Contains("It needs a job that has ended: --finished-job.", run.Words, StringComparison.Ordinal);
        Assert.Contains("--watches-command says how many do.", run.Words, StringComparison.Ordinal);
        Assert.Contains("1 passed, 0 failed, 3 not applicable", run.Words, StringComparison.Ordinal);
        Assert.Equal((0, 1), (run.ExitCode, strict.ExitCode));
    }

    [Fact]
    public async Task The_table_says_of_a_broken_rule_what_it_is_what_was_seen_and_what_to_do()
    {
        await using var backend = await BreakableHost.StartAsync(Fault.CursorInclusive, TimeSpan.FromSeconds(1));

        var run = await KitRun.OfAsync($"--backend={backend.Url}", "--finished-job=finished", "--rule=cursor");

        Assert.Matches("FAIL +cursor +§8.2 +The history after a cursor is every event of a greater id", run.Output);
        Assert.Contains("After 3 of finished the cursor's own event came again.", run.Words, StringComparison.Ordinal);
        Assert.Contains("docs/backends.md, row 2 of \"The nine rules\"", run.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public async Task Json_has_the_members_that_the_page_documents()
    {
        await using var backend = await BreakableHost.StartAsync(Fault.None, TimeSpan.FromSeconds(1));

        var json = (
            await KitRun.OfAsync($"--backend={backend.Url}", "--rule=ten-thousand-events", "--json", "--metadata", "x-api-key=1")
        ).Json;

        Assert.Equal(["kit", "backend", "passed", "failed", "notApplicable", "exitCode", "seconds", "rules"], Names(json));
        var rule = json["rules"]![0]!;
        Assert.Equal(["rule", "section", "text", "verdict", "seen", "seconds", "figures"], Names(rule));
        Assert.True((double)rule["figures"]!["eventsPerSecond"]! > 0);
        var page = await File.ReadAllTextAsync(
            Testing.RepositoryRoot.Combine("docs", "backends.md"),
            TestContext.Current.CancellationToken
        );
        Assert.All([.. Names(json), .. Names(rule)], name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_names_every_rule_and_help_every_option()
    {
        var page = await File.ReadAllTextAsync(
            Testing.RepositoryRoot.Combine("docs", "backends.md"),
            TestContext.Current.CancellationToken
        );
        var (list, listed, help, version) = (
            await KitRun.OfAsync("--list"),
            await KitRun.OfAsync("--list", "--json"),
            await KitRun.OfAsync("--help"),
            await KitRun.OfAsync("--version")
        );

        Assert.All(RuleBook.All, rule => Assert.Contains($"`{rule.Name}`", page, StringComparison.Ordinal));
        Assert.All(RuleBook.All, rule => Assert.Contains(rule.Name, list.Output, StringComparison.Ordinal));
        Assert.Equal(RuleBook.All.Select(rule => rule.Text), listed.Rules.Select(rule => (string?)rule["text"]));
        Assert.All(Options.KitOption.All, option => Assert.Contains($"  {option.Name} ", help.Output, StringComparison.Ordinal));
        Assert.Equal(KitProgram.Version, version.Output.Trim());
        Assert.All([list, listed, help, version], run => Assert.Equal((0, ""), (run.ExitCode, run.Errors)));
    }

    private static IEnumerable<string> Names(JsonNode node) => node.AsObject().Select(member => member.Key);
}
