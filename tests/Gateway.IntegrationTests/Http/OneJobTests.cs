using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>GET /jobs/{jobId}, and lists of real backends. PROTOCOL.md section 11.</summary>
public sealed class OneJobTests
{
    private const string Quick = "Gateway:Upstream:ListTimeout=00:00:00.500";

    [Fact]
    public async Task One_job_is_found_or_its_absence_explained()
    {
        await using var bridge = await JobsBridge.OpenAsync(4, Quick);
        new JobShelf().Put("a-1/ä", 10).At(bridge.Backends[0]);
        bridge.Backends[2].Gets = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "scripted"));
        bridge.Backends[3].Gets = async (_, cancelled) =>
        {
            await ScriptedBackend.SilenceAsync(cancelled);
            return new GetJobResponse();
        };

        var found = await bridge.GetAsync("/jobs/a-1%2F%C3%A4");

        Assert.Equal((200, "a-1/ä", "no-store"), (found.Status, (string?)found.Problem["jobId"], found["Cache-Control"]));
        Assert.Equal((404, "job_not_found"), await CodeOfAsync(bridge, "/jobs/a-2"));
        Assert.Equal((404, "job_not_found"), await CodeOfAsync(bridge, "/jobs/nobody-has-it"));
        Assert.Equal((404, "not_found"), await CodeOfAsync(bridge, "/jobs/b-1"));
        Assert.Equal((503, "backend_unavailable"), await CodeOfAsync(bridge, "/jobs/c-1"));
        Assert.Equal((503, "backend_unavailable"), await CodeOfAsync(bridge, "/jobs/d-1"));
    }

    [Fact]
    public async Task Another_replica_is_asked_if_one_is_away()
    {
        await using var here = await ScriptedBackend.StartAsync();
        var away = await ScriptedBackend.StartAsync();
        await away.DisposeAsync();
        new JobShelf().Put("job-1", 10).At(here);
        await using var bridge = await JobsBridge.OpenAsync(0, $"Gateway:Backends:both:Addresses={away.Url}, {here.Url}");

        var page = await bridge.ListAsync();

        Assert.Equal(["job-1"], page.Ids);
        Assert.Empty(page.Missing);
    }

    [Fact]
    public async Task The_stubs_jobs_come_page_by_page_and_are_where_WatchJob_is()
    {
        await using var stub = await TestStub.StartAsync();
        await using var bridge = await JobsBridge.OpenAsync(0, $"Gateway:Backends:stub:Address={stub.GrpcUrl}");
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await stub.StartJobAsync(new { maxIterations = 2 + i, seed = i }));
            await stub.JobIsAsync(ids[i], "completed");
        }

        var paused = await stub.StartJobAsync(new { maxIterations = 3, iterationDelayMs = 60_000 });
        await stub.TellAsync(paused, "pause");

        var pages = await bridge.PagesAsync("?pageSize=3");
        var completed = await bridge.ListAsync("?state=completed&q=JOB-7");
        var events = await bridge.GetAsync($"/jobs/{ids[6]}/events");

        Assert.Equal([paused, .. Enumerable.Reverse(ids)], pages.SelectMany(page => page));
        Assert.Equal([3, 3, 2], pages.Select(page => page.Length));
        Assert.Equal([ids[6]], completed.Ids);
        var job = completed.Body["jobs"]![0]!;
        Assert.Equal(events.Ids[^1], (long)job["lastEventId"]!);
        Assert.Equal((8, "done", "support"), ((int)job["iteration"]!, (string)job["stage"]!, (string)job["datasetId"]!));
        Assert.Equal((string?)(await stub.JobAsync(ids[6]))["resultPromptId"], (string?)job["resultPromptId"]);
        Assert.Equal("paused", (string?)(await bridge.GetAsync($"/jobs/{paused}")).Problem["state"]);
        Assert.Equal([paused], (await bridge.ListAsync("?state=paused&state=queued")).Ids);
        Assert.Empty((await bridge.ListAsync("?q=no such text")).Ids);
    }

    private static async Task<(int, string?)> CodeOfAsync(JobsBridge bridge, string target)
    {
        var reply = await bridge.GetAsync(target);
        return (reply.Status, reply.Code);
    }
}
