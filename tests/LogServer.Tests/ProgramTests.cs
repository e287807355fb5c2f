using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>The program as its users run it: its options, its start, and its end.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task Its_version_and_its_help_are_told()
    {
        var version = await RunAsync("--version");
        var help = await RunAsync("--help");

        Assert.Equal((0, "0.1.0"), (version.ExitCode, version.Output.Trim()));
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("LogServer:Sqlite:Path", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_is_printed_for_a_DBA()
    {
        var schema = await RunAsync("--print-schema", "--LogServer:Postgres:Schema=mine");

        Assert.Equal(0, schema.ExitCode);
        Assert.Contains("mine.jobs", schema.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LogServer:HttpUrl=http://0.0.0.0:0", "LogServer:HttpUrl is http://0.0.0.0:0, which others can reach")]
    [InlineData("LogServer:GrpcUrl=http://*:0", "LogServer:Auth:AllowAnonymous=true")]
    [InlineData("LogServer:HttpUrl=5010", "LogServer:HttpUrl is '5010'; it must be http:// or https://")]
    [InlineData("LogServer:HttpUrl=http://127.0.0.1:5011", "have the same port")]
    [InlineData("LogServer:Limits:EventBytes=10", "LogServer:Limits:EventBytes must be between 1024 and 4194304")]
    [InlineData("LogServer:Limits:EventBytes=many", "LogServer:Limits:EventBytes is 'many'; it must be a whole number")]
    [InlineData("LogServer:Limits:BatchBytes=2048", "more than LogServer:Limits:BatchBytes")]
    [InlineData("LogServer:Limit:Jobs=10", "LogServer:Limit is no setting")]
    [InlineData("LogServers:Limits:Jobs=10", "Did you mean")]
    [InlineData("LogServer:Retention:EndedJobs=00:00:01", "LogServer:Retention:EndedJobs must be between")]
    [InlineData("LogServer:Sqlite:Path=", "LogServer:Sqlite:Path is empty")]
    [InlineData("LogServer:Postgres:ConnectionString=nonsense", "LogServer:Postgres:ConnectionString")]
    [InlineData("LogServer:Postgres:ConnectionString=", "LogServer:Postgres:ConnectionString is empty; set it")]
    [InlineData("LogServer:Postgres:Schema=mine", "LogServer:Postgres:Schema is set, and LogServer:Postgres:ConnectionString isn't")]
    [InlineData("LogServer:Postgres:StandbysThatMustFlush=1", "LogServer:Postgres:StandbysThatMustFlush is set, and")]
    [InlineData("LogServer:Postgres:StandbysThatMustFlush=-1", "LogServer:Postgres:StandbysThatMustFlush must be between")]
    [InlineData("Kestrel:Endpoints:x:Url=http://0.0.0.0:80", "Kestrel:Endpoints isn't read")]
    [InlineData("LogServer:Auth:Issuer=me", "LogServer:Auth says nothing of keys")]
    [InlineData("LogServer:Auth:SecretFile=/no/such/file", "LogServer:Auth:SecretFile is '/no/such/file', which can't be read")]
    [InlineData("LogServer:Auth:Authority=http://issuer.example", "LogServer:Auth:Authority is 'http://issuer.example'")]
    public void A_bad_setting_is_named_by_the_start(string setting, string says)
    {
        var start = Assert.Throws<OptionsValidationException>(() => LogServerHost.Build([$"--{setting}"]));

        Assert.Contains(says, start.Message, StringComparison.Ordinal);
    }

    /// <summary>One fault for each step that finds faults: the arguments, the settings, the engine.</summary>
    [Theory]
    [InlineData("LogServers:Limits:Jobs=10", "Did you mean")]
    [InlineData("LogServer:Limits:EventBytes=many", "LogServer:Limits:EventBytes is 'many'; it must be a whole number")]
    [InlineData("LogServer:Postgres:ConnectionString=nonsense", "LogServer:Postgres:ConnectionString")]
    [InlineData("LogServer:Postgres:ConnectionString=", "LogServer:Postgres:ConnectionString is empty; set it")]
    public async Task The_check_names_it_too(string setting, string says)
    {
        var check = await RunAsync("--check-config", $"--{setting}");

        Assert.Equal(1, check.ExitCode);
        Assert.Contains(says, check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_refused_says_why_in_a_line()
    {
        var start = await RunAsync("--LogServer:HttpUrl=http://0.0.0.0:5010");
        var word = await RunAsync("start");
        var two = await RunAsync("--LogServer:Sqlite:Path=", "--LogServer:Postgres:Schema=mine");

        Assert.Equal((1, 1, 1), (start.ExitCode, word.ExitCode, two.ExitCode));
        Assert.Contains("must be a path. LogServer:Postgres:Schema is set", two.Error, StringComparison.Ordinal);
        Assert.StartsWith("The log server doesn't start: LogServer:HttpUrl is http://0.0.0.0:5010", start.Error, StringComparison.Ordinal);
        Assert.Contains("Argument 1 is no setting.", word.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_shows_settings_their_sources_and_no_secret()
    {
        using var folder = new TempFolder();
        var secret = folder.Write(new string('s', 48));
        var check = await RunAsync(
            "--check-config",
            "--LogServer:HttpUrl=http://0.0.0.0:5010",
            $"--LogServer:Auth:SecretFile={secret}",
            "--LogServer:Auth:Issuer=me",
            "--LogServer:Auth:Audience=logs"
        );

        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.Contains("The log server would start.", check.Output, StringComparison.Ordinal);
        Assert.Matches(@"LogServer:HttpUrl +http://0\.0\.0\.0:5010 +command line", check.Output);
        Assert.Matches(@"LogServer:Limits:AppendsPerSecond +5000 +default", check.Output);
    }

    [Fact]
    public async Task A_taken_port_is_told_with_the_settings()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var folder = new TempFolder();
        var start = await RunAsync($"--LogServer:HttpUrl=http://{other.LocalEndpoint}", $"--LogServer:Sqlite:Path={folder.Path}");

        Assert.Equal(1, start.ExitCode);
        Assert.Contains("LogServer:HttpUrl and LogServer:GrpcUrl say where it listens", start.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_another_one_has_is_told_with_its_setting()
    {
        await using var first = await ChildLogServer.StartAsync();
        var second = await RunAsync($"--LogServer:Sqlite:Path={first.Folder}", "--LogServer:HttpUrl=http://127.0.0.1:0");

        Assert.Equal(1, second.ExitCode);
        Assert.Contains(
            $"LogServer:Sqlite:Path: the event log in '{first.Folder}' can't be opened",
            second.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_start_says_what_to_do_next_and_the_program_stops_in_order()
    {
        await using var server = await ChildLogServer.StartAsync();
        var command = server.Process.Output.Split('\n').Single(line => line.Contains("curl -i", StringComparison.Ordinal)).Trim();
        var (exitCode, answer, _) = await RunProgramAsync("sh", "-c", command);
        var health = await RunAsync("--health", server.HttpUrl.ToString());
        server.Process.Send(Signal.Terminate);

        Assert.Equal(0, exitCode);
        Assert.Contains("204 No Content", answer, StringComparison.Ordinal);
        Assert.Equal(0, health.ExitCode);
        Assert.Contains("Ready: ", health.Output, StringComparison.Ordinal);
        Assert.Equal(0, await server.Process.ExitAsync(Deadline.Limit));
        Assert.Equal(1, (await RunAsync("--health", server.HttpUrl.ToString())).ExitCode);
    }

    [Fact]
    public async Task Prometheus_is_answered_where_the_setting_says_so()
    {
        // A process of its own: in this one all meters of the name are counted together, those of other tests too.
        await using var with = await ChildLogServer.StartAsync("Telemetry:Prometheus=true");
        await using var without = await LogServerRun.StartAsync();
        using var append = await with.Client.AppendAsync("counted", LogServerClient.Note);
        using var metrics = await with.Client.Http.GetAsync(new Uri("/metrics", UriKind.Relative), Deadline.Token);
        using var none = await without.Client.Http.GetAsync(new Uri("/metrics", UriKind.Relative), Deadline.Token);
        var text = await metrics.Content.ReadAsStringAsync(Deadline.Token);

        Assert.Matches("logserver_events_appended_total.* 1\n", text);
        Assert.Matches("logserver_requests_total.*front=\"http\",result=\"ok\".* 1\n", text);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) =>
        RunProgramAsync("dotnet", [typeof(LogServerHost).Assembly.Location, .. args]);

    private static async Task<(int ExitCode, string Output, string Error)> RunProgramAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Deadline.Token);
        var error = process.StandardError.ReadToEndAsync(Deadline.Token);
        await process.WaitForExitAsync(Deadline.Token);
        return (process.ExitCode, await output, await error);
    }
}
