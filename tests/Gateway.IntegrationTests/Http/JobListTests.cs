using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>GET /jobs: which jobs there are, over all backends. PROTOCOL.md section 11.</summary>
public sealed class JobListTests
{
    private static readonly string Quick = "Gateway:Upstream:ListTimeout=00:00:00.500";

    [Fact]
    public async Task The_lists_of_all_backends_are_one_list_and_it_says_which_backend_did_not_answer()
    {
        await using var bridge = await JobsBridge.OpenAsync(4, Quick);
        new JobShelf().Put("a-1", 10).Put("a-2", 40).At(bridge.Backends[0]);
        new JobShelf().Put("b-1", 20).Put("b-2", 30).Put("b-3", 50).At(bridge.Backends[1]);
        bridge.Backends[2].Lists = async (_, cancelled) =>
        {
            await ScriptedBackend.SilenceAsync(cancelled);
            return new ListJobsResponse();
        };

        var page = await bridge.ListAsync();

        // The fourth backend has no list, which is nobody's fault.
        Assert.Equal(["b-3", "a-2", "b-2", "b-1", "a-1"], page.Ids);
        Assert.Equal(["c backend_unavailable"], page.Missing);
        Assert.Null(page.NextPageToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(200)]
    public async Task Pages_neither_lose_nor_repeat_a_job_while_nothing_changes(int pageSize)
    {
        await using var bridge = await JobsBridge.OpenAsync(3);
        var (a, b) = (new JobShelf().At(bridge.Backends[0]), new JobShelf().At(bridge.Backends[1]));
        new JobShelf().At(bridge.Backends[2]);
        for (var i = 0; i < 9; i++)
        {
            // Many share a time, within a backend and between the two.
            a.Put($"a-{i}", 100 + (i / 4));
            b.Put($"b-{i}", 100 + (i / 2));
        }

        var pages = await bridge.PagesAsync($"?pageSize={pageSize}");
        var (ids, whole) = (pages.SelectMany(page => page).ToList(), await bridge.ListAsync());

        Assert.Equal(whole.Ids, ids);
        Assert.Equal(18, ids.Distinct().Count());
        Assert.All(pages.SkipLast(1), page => Assert.Equal(pageSize, page.Length));
    }

    [Fact]
    public async Task A_job_that_changes_while_pages_are_turned_takes_no_other_with_it()
    {
        await using var bridge = await JobsBridge.OpenAsync(2);
        var (a, b) = (new JobShelf().At(bridge.Backends[0]), new JobShelf().At(bridge.Backends[1]));
        for (var i = 0; i < 12; i++)
        {
            a.Put($"a-{i}", 100 + i);
            b.Put($"b-{i}", 100 + i);
        }

        var now = 1_000;
        var pages = await bridge.PagesAsync("?pageSize=5", () => a.Put("a-11", ++now));

        var ids = pages.SelectMany(page => page).Where(id => id != "a-11").ToList();
        Assert.Equal(23, ids.Count);
        Assert.Equal(23, ids.Distinct().Count());
    }

    [Fact]
    public async Task A_backend_that_did_not_answer_one_page_keeps_its_place()
    {
        await using var bridge = await JobsBridge.OpenAsync(2, Quick);
        new JobShelf().Put("a-1", 10).Put("a-2", 20).At(bridge.Backends[0]);
        var shelf = new JobShelf().Put("b-1", 15).Put("b-2", 25);
        bridge.Backends[1].Lists = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "scripted"));
        var first = await bridge.ListAsync("?pageSize=1");
        shelf.At(bridge.Backends[1]);

        var second = await bridge.ListAsync($"?pageSize=3&pageToken={first.NextPageToken}");

        Assert.Equal(["a-2"], first.Ids);
        Assert.Equal(["b backend_unavailable"], first.Missing);
        Assert.Equal(["b-2", "b-1", "a-1"], second.Ids);
        Assert.Empty(second.Missing);
    }

    [Fact]
    public async Task Each_backend_gets_the_question()
    {
        await using var bridge = await JobsBridge.OpenAsync(2);
        new JobShelf().Put("a-Red", 10).Put("a-blue", 20).Put("a-red-2", 30, job => job.State = JobState.Paused).At(bridge.Backends[0]);
        new JobShelf().Put("b-red", 5, job => job.State = JobState.Failed).At(bridge.Backends[1]);

        var page = await bridge.ListAsync("?state=running&state=failed&q=red&pageSize=17&more=ignored");

        Assert.Equal(["a-Red", "b-red"], page.Ids);
        var request = Assert.Single(bridge.Backends[0].ListRequests);
        Assert.Equal((17, "red", ""), (request.PageSize, request.Query, request.PageToken));
        Assert.Equal([JobState.Running, JobState.Failed], request.States);
    }

    [Fact]
    public async Task A_backend_lists_only_the_jobs_that_are_routed_to_it()
    {
        await using var bridge = await JobsBridge.OpenAsync(2);
        new JobShelf().Put("a-1", 10).Put("b-1", 20).Put("other", 30).At(bridge.Backends[0]);
        new JobShelf().Put("b-1", 15).At(bridge.Backends[1]);

        var page = await bridge.ListAsync();

        Assert.Equal(["b-1", "a-1"], page.Ids);
        Assert.Equal("1970-01-01T00:00:15.000Z", (string?)page.Body["jobs"]![0]!["updateTime"]);
    }

    [Fact]
    public async Task A_job_has_all_its_members()
    {
        await using var bridge = await JobsBridge.OpenAsync(1);
        new JobShelf()
            .Put("a-least", 1, job => job.State = JobState.Unspecified)
            .Put(
                "a-most",
                1_767_225_602,
                job =>
                {
                    job.State = JobState.Completed;
                    (job.PromptId, job.DatasetId, job.Stage, job.ResultPromptId) = ("p ü", "d", "done", "p/1");
                    job.Config = new Struct { Fields = { ["direction"] = Value.ForString("minimize"), ["n"] = Value.ForNumber(3) } };
                    (job.Iteration, job.Score, job.BestScore, job.LastEventId) = (7, 0.5, -0.25, 42);
                    job.CreateTime = new Timestamp { Seconds = 1_767_225_600, Nanos = 123_999_999 };
                }
            )
            .At(bridge.Backends[0]);

        var jobs = (await bridge.ListAsync()).Body["jobs"]!.AsArray();

        Assert.Equal(
            """{"jobId":"a-most","state":"completed","promptId":"p ü","datasetId":"d","config":{"direction":"minimize","n":3},"iteration":7,"stage":"done","score":0.5,"bestScore":-0.25,"lastEventId":42,"createTime":"2026-01-01T00:00:00.123Z","updateTime":"2026-01-01T00:00:02.000Z","resultPromptId":"p/1"}""",
            Text(jobs[0]!)
        );
        Assert.Equal(
            """{"jobId":"a-least","state":"unknown","promptId":"","datasetId":"","config":{},"iteration":0,"stage":"","score":null,"bestScore":null,"lastEventId":0,"createTime":null,"updateTime":"1970-01-01T00:00:01.000Z","resultPromptId":""}""",
            Text(jobs[1]!)
        );
        Assert.Equal(Text(jobs[0]!), (await bridge.GetAsync("/jobs/a-most")).Body);
    }

    [Fact]
    public async Task A_job_that_cannot_be_shown_is_left_out()
    {
        await using var bridge = await JobsBridge.OpenAsync(1);
        new JobShelf()
            .Put("a-1", 10)
            .Put("a-2", 20, job => job.CreateTime = new Timestamp { Seconds = 253_402_300_800 })
            .Put("a-3", 30, job => job.Score = double.NaN)
            .At(bridge.Backends[0]);

        Assert.Equal(["a-3", "a-1"], (await bridge.ListAsync()).Ids);
        Assert.Equal((502, "backend_error"), await CodeOfAsync(bridge, "/jobs/a-2"));
    }

    [Fact]
    public async Task A_page_that_breaks_the_contract_is_missing_and_the_others_are_there()
    {
        await using var bridge = await JobsBridge.OpenAsync(3);
        new JobShelf().Put("a-1", 10).At(bridge.Backends[0]);
        bridge.Backends[1].Lists = (_, _) => Task.FromResult(new ListJobsResponse { NextPageToken = new string('x', 257) });
        bridge.Backends[2].Lists = (_, _) => throw new RpcException(new Status(StatusCode.Internal, "secret"));

        var page = await bridge.ListAsync();

        Assert.Equal(["a-1"], page.Ids);
        Assert.Equal(["b backend_error", "c backend_error"], page.Missing);
        Assert.DoesNotContain("secret", page.Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_with_nothing_for_the_caller_is_read_ten_pages_at_a_time()
    {
        await using var bridge = await JobsBridge.OpenAsync(1);
        var shelf = new JobShelf().Put("a-last", 1).At(bridge.Backends[0]);
        for (var i = 0; i < 25; i++)
        {
            shelf.Put($"elsewhere-{i}", 100 + i);
        }

        var pages = await bridge.PagesAsync("?pageSize=1");

        Assert.Equal(
            [
                [],
                [],
                ["a-last"],
            ],
            pages
        );
        Assert.Equal(26, bridge.Backends[0].ListRequests.Count);
    }

    private static string Text(System.Text.Json.Nodes.JsonNode node) =>
        node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static async Task<(int, string?)> CodeOfAsync(JobsBridge bridge, string target)
    {
        var reply = await bridge.GetAsync(target);
        return (reply.Status, reply.Code);
    }
}
