using OptimizationGateway.OptimizerStub.Tests.Harness;

namespace OptimizationGateway.OptimizerStub.Tests;

public sealed class ProgramTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Help_names_every_setting_and_version_is_a_version()
    {
        var help = await ChildStub.RunToEndAsync("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.All(
            typeof(StubOptions).GetProperties(),
            p => Assert.Contains($"Stub:{p.Name}  (default: ", help.Output, StringComparison.Ordinal)
        );
        var version = await ChildStub.RunToEndAsync("--version");
        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
    }

    [Theory]
    [InlineData("Stub:RetainEventsPerJob", "0", "at least 1")]
    [InlineData("Stub:RetainEventsPerJob", "many", "at least 1")]
    [InlineData("Stub:HeartbeatInterval", "00:00:00", "00:00:00.1 to 00:10:00")]
    [InlineData("Stub:HeartbeatInterval", "soon", "00:00:00.1 to 00:10:00")]
    [InlineData("Stub:GrpcUrl", "https://127.0.0.1:5001", "http://<")]
    [InlineData("Stub:HttpUrl", "nonsense", "http://<")]
    [InlineData("Stub:LoadJobs", "perhaps", "true or false")]
    [InlineData("Stub:MaxRunningJobs", "0", "1 to 100000")]
    [InlineData("Stub:Retain", "5", "RetainEventsPerJob")]
    public async Task A_bad_setting_stops_the_start_with_its_path_and_what_is_allowed(string setting, string value, string allowed)
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            StubHost.StartAsync(directory.Path, null, $"--{setting}={value}")
        );
        var text = string.Join('\n', failure.Failures);
        Assert.Contains(setting, text, StringComparison.Ordinal);
        Assert.Contains(allowed, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Stub:RetainEventsPerJob=0", "Stub:RetainEventsPerJob")]
    [InlineData("--Stub:DataDirectory=/dev/null/nowhere", "Stub:DataDirectory: the event log in '/dev/null/nowhere'")]
    public async Task A_start_that_fails_says_why_in_a_line_and_exits_with_1(string setting, string expected)
    {
        var run = await ChildStub.RunToEndAsync("--Stub:GrpcUrl=http://127.0.0.1:0", "--Stub:HttpUrl=http://127.0.0.1:0", setting);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error + run.Output, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var stub = await StubHost.StartAsync(directory.Path);
        using var elsewhere = new TempDirectory();
        var taken = stub.Http.BaseAddress!.ToString().TrimEnd('/');
        var run = await ChildStub.RunToEndAsync(
            $"--Stub:DataDirectory={elsewhere.Path}",
            "--Stub:GrpcUrl=http://127.0.0.1:0",
            $"--Stub:HttpUrl={taken}"
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(taken, run.Error, StringComparison.Ordinal);
        Assert.Contains("Stub:HttpUrl say where it listens, such as --Stub:GrpcUrl=http", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", run.Error + run.Output, StringComparison.Ordinal);
    }
}
