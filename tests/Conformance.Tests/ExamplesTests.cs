using OptimizationGateway.Backends.Tests;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>The backends that are shown to people, each as a process of its own: every rule is looked at, and none is broken.</summary>
public sealed class ExamplesTests
{
    public static TheoryData<Language> Languages => new(Enum.GetValues<Language>());

    [Theory, MemberData(nameof(Languages))]
    public async Task The_example_keeps_every_rule(Language language)
    {
        Curl.Require();
        await using var backend = await ExampleBackend.StartAsync(language, heartbeat: 1);
        await using var restart = await RestartDoor.OpenAsync(backend.Process);
        var silent = await backend.StartJobAsync(iterations: 1, delayMs: 600_000);

        var run = await KitRun.OfAsync(
            $"--backend={backend.Url}",
            $"--start-job={Curl.Post(new Uri(backend.JobsUrl, "/jobs?iterations=250&delayMs=8"))}",
            $"--silent-job={silent}",
            $"--watches-command={Curl.Get(new Uri(backend.JobsUrl, "/watches"))}",
            $"--restart-command={restart.Command}",
            "--heartbeat=1",
            "--json"
        );

        run.AssertAllPass();
    }

    [Fact]
    public async Task The_stub_keeps_every_rule()
    {
        Curl.Require();
        await using var stub = await TestStub.StartProcessAsync("Stub:LoadJobs=true", "Stub:HeartbeatInterval=00:00:01");
        await using var restart = await RestartDoor.OpenAsync(stub.Process!);
        var silent = await stub.StartJobAsync(new { maxIterations = 1, iterationDelayMs = 60_000 });
        await stub.TellAsync(silent, "pause");
        const string job = """{"promptId":"prompt-1","datasetId":"support","config":{"maxIterations":100,"iterationDelayMs":60}}""";

        var run = await KitRun.OfAsync(
            $"--backend={stub.GrpcUrl}",
            $"--start-job=curl -sSf '{new Uri(stub.HttpUrl, "/jobs")}' -H 'content-type: application/json' -d '{job}'",
            $"--silent-job={silent}",
            $"--watches-command={Curl.Get(new Uri(stub.HttpUrl, "/watches"))}",
            $"--restart-command={restart.Command}",
            "--heartbeat=1",
            "--json"
        );

        run.AssertAllPass();
    }
}
