using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The whole path with the real optimizer and its SQLite log: where a client may start, and what it gets.</summary>
public sealed class RealBackendTests
{
    [Fact]
    public async Task A_finished_job_from_every_position()
    {
        await using var stub = await TestStub.StartAsync();
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var client = await gateway.ConnectAsync();
        var job = await stub.StartJobAsync(new { maxIterations = 5, seed = 1 });
        var last = (long)(await stub.JobIsAsync(job, "completed"))["lastEventId"]!;

        foreach (var after in new long?[] { 0, 1, last / 2, last - 1, last, null })
        {
            await client.SubscribeAsync(job, after);
            var messages = await client.UntilAsync("unsubscribed");

            Assert.Equal("subscribed", (string?)messages[0]["type"]);
            Assert.Equal(last, (long)messages[0]["lastEventId"]!);
            Assert.Equal("job_ended", (string?)messages[^1]["reason"]);
            Assert.Equal(after is null, messages.TrueForAll(m => (string?)m["type"] != "replay"));
            var expected = after is null ? [] : Enumerable.Range(1, (int)last).Select(id => (long)id).Where(id => id > after);
            Assert.Equal(expected, TestClient.EventIds(messages, job));
        }
    }

    [Fact]
    public async Task Past_the_end_is_cursor_ahead_and_an_unknown_job_is_not_found()
    {
        await using var stub = await TestStub.StartAsync();
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var client = await gateway.ConnectAsync();
        var job = await stub.StartJobAsync(new { maxIterations = 1, seed = 1 });
        var last = (long)(await stub.JobIsAsync(job, "completed"))["lastEventId"]!;

        await client.SubscribeAsync("no-such-job", 0);
        Assert.Equal("job_not_found", (string?)(await client.NextAsync("error"))["code"]);

        await client.SubscribeAsync(job, last + 1);
        var error = await client.NextAsync("error");
        Assert.Equal("cursor_ahead", (string?)error["code"]);
        Assert.Equal((1, last), ((long)error["earliestEventId"]!, (long)error["latestEventId"]!));
    }

    [Fact]
    public async Task A_truncated_log_is_told_and_what_is_left_is_served_from_0()
    {
        await using var stub = await TestStub.StartAsync("Stub:RetainEventsPerJob=10");
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var client = await gateway.ConnectAsync();
        var job = await stub.StartJobAsync(new { maxIterations = 10, seed = 1 });
        var last = (long)(await stub.JobIsAsync(job, "completed"))["lastEventId"]!;

        await client.SubscribeAsync(job, 2);
        var error = await client.NextAsync("error");
        Assert.Equal("history_truncated", (string?)error["code"]);
        var earliest = (long)error["earliestEventId"]!;
        Assert.True(earliest > 3);

        await client.SubscribeAsync(job, 0);
        var messages = await client.UntilAsync("unsubscribed");
        Assert.Equal(earliest, (long)messages[0]["earliestEventId"]!);
        Assert.Equal(
            Enumerable.Range((int)earliest, (int)(last - earliest + 1)).Select(id => (long)id),
            TestClient.EventIds(messages, job)
        );
    }

    [Fact]
    public async Task All_seven_documented_events_and_a_custom_one_come_through()
    {
        await using var stub = await TestStub.StartAsync();
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var client = await gateway.ConnectAsync();

        var paused = await stub.StartJobAsync(
            new
            {
                maxIterations = 50,
                seed = 1,
                iterationDelayMs = 60_000,
            }
        );
        await client.SubscribeAsync(paused, 0);
        await client.UntilAsync(m => TestClient.Events([m], paused).Any(e => (string?)e["eventType"] == "stage_started"));
        await stub.TellAsync(paused, "pause");
        await client.UntilAsync(m => TestClient.Events([m], paused).Any(e => (string?)e["eventType"] == "job_paused"));
        await stub.TellAsync(paused, "resume");
        await client.UntilAsync(m => TestClient.Events([m], paused).Any(e => (string?)e["eventType"] == "job_resumed"));
        await stub.TellAsync(paused, "cancel");
        await client.UntilAsync("unsubscribed");

        var failing = await stub.StartJobAsync(
            new
            {
                maxIterations = 10,
                seed = 1,
                maxAttempts = 2,
            },
            "faulty"
        );
        await client.SubscribeAsync(failing, 0);
        await client.UntilAsync("unsubscribed");
        var completing = await stub.StartJobAsync(new { maxIterations = 2, seed = 1 });
        await client.SubscribeAsync(completing, 0);
        await client.UntilAsync("unsubscribed");

        var types = new[] { paused, failing, completing }
            .SelectMany(job => TestClient.Events(client.Received, job))
            .Select(e => (string)e["eventType"]!)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "iteration_completed",
                "job_cancelled",
                "job_completed",
                "job_failed",
                "job_paused",
                "job_resumed",
                "job_started",
                "stage_started",
            ],
            types
        );
        var failures = TestClient.Events(client.Received, failing).Where(e => (string?)e["eventType"] == "job_failed").ToList();
        Assert.Equal([true, false], failures.Select(e => (bool)e["data"]!["willRetry"]!));
    }

    [Fact]
    public async Task The_seam_between_history_and_live_has_no_gap_and_no_repeat_while_the_job_writes()
    {
        await using var stub = await TestStub.StartAsync("Stub:LoadJobs=true");
        await using var gateway = await TestGateway.StartAsync(
            stub.GrpcUrl,
            time: null,
            "Gateway:Limits:MessagesPerSecond=10000",
            "Gateway:Limits:MessageBurst=10000"
        );
        await using var client = await gateway.ConnectAsync();
        const string Job = "paced-2000";
        var rounds = 0;
        for (var after = 0L; rounds < 300; rounds++)
        {
            await client.SubscribeAsync(Job, after);
            var messages = await client.UntilAsync("event");
            await client.SendAsync(new { type = "unsubscribe", jobId = Job });
            messages.AddRange(await client.UntilAsync("unsubscribed"));

            var ids = TestClient.EventIds(messages, Job);
            Assert.Equal(Enumerable.Range(0, ids.Count).Select(i => after + 1 + i), ids);
            after = ids[^1];
        }
    }

    [Fact]
    public async Task A_replay_of_ten_thousand_events_arrives_whole()
    {
        await using var stub = await TestStub.StartAsync("Stub:LoadJobs=true");
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var client = await gateway.ConnectAsync();

        await client.SubscribeAsync("load-10000", 0);
        await client.UntilAsync("unsubscribed");

        Assert.Equal(Enumerable.Range(1, 10_000).Select(id => (long)id), client.EventIds("load-10000"));
    }
}
