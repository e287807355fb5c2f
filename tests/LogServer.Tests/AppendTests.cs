using System.Text;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.LogServer.Tests.Harness;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>The answers to good requests over HTTP: the writing side of the Durable Streams protocol 1.0.</summary>
public sealed class AppendTests : IAsyncLifetime
{
    private const string Ending = """{"eventType":"job_completed","data":{"resultPromptId":"best"}}""";

    private LogServerRun run = null!;

    private LogServerClient Client => run.Client;

    public async ValueTask InitializeAsync() => run = await LogServerRun.StartAsync();

    public ValueTask DisposeAsync() => run.DisposeAsync();

    [Fact]
    public async Task An_event_creates_its_job_and_a_watch_shows_it()
    {
        using var answer = await Client.AppendAsync(
            "first",
            """{"eventType":"iteration_completed","iteration":1,"stage":"search","data":{"score":0.5,"prompt":"p"}}"""
        );

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal(1, Offset(answer).EventId);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var seen = Assert.Single(await Client.EventsAsync("first"));
        Assert.Equal((1, 0, 1, "search", 0.5), (seen.Id, seen.PreviousId, seen.Iteration, seen.Stage, seen.IterationCompleted.Score));
        Assert.Equal("p", seen.Details.Fields["prompt"].StringValue);
        Assert.InRange(seen.Timestamp.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_running_watch_gets_what_is_appended_and_ends_with_the_job()
    {
        using var first = await Client.AppendAsync("live", LogServerClient.Note);
        using var watch = Client.Watch("live");
        Assert.Equal(1, (await watch.NextAsync())!.Id);

        using var more = await Client.AppendAsync("live", $"[{LogServerClient.Note},{Ending}]");
        Assert.Equal([2, 3], (await watch.RestAsync()).Select(jobEvent => jobEvent.Id));
    }

    [Fact]
    public async Task A_put_creates_a_job_once()
    {
        using var created = await Client.SendAsync(HttpMethod.Put, "a job/1");
        using var again = await Client.SendAsync(HttpMethod.Put, "a job/1");

        Assert.Equal((201, 200), ((int)created.StatusCode, (int)again.StatusCode));
        Assert.Equal(0, Offset(created).EventId);
        Assert.Equal(Offset(created), Offset(again));
        Assert.Equal(new Uri(run.HttpUrl, "/jobs/a%20job%2F1/events"), created.Headers.Location);
        Assert.Equal("application/json", created.Content.Headers.ContentType?.MediaType);
        var job = await Client.Jobs.GetJobAsync(new GetJobRequest { JobId = "a job/1" }, cancellationToken: Deadline.Token);
        Assert.Equal(JobState.Queued, job.Job.State);
    }

    [Fact]
    public async Task A_put_with_events_begins_a_new_job_and_leaves_another_as_it_is()
    {
        const string two = $"[{LogServerClient.Note},{LogServerClient.Note}]";
        using var created = await Client.SendAsync(HttpMethod.Put, "begun", two);
        using var again = await Client.SendAsync(HttpMethod.Put, "begun", two);
        using var empty = await Client.SendAsync(HttpMethod.Put, "begun", "[]");

        Assert.Equal((201, 200, 200), ((int)created.StatusCode, (int)again.StatusCode, (int)empty.StatusCode));
        Assert.Equal(2, Offset(again).EventId);
        Assert.Equal(2, (await Client.EventsAsync("begun")).Count);
    }

    [Fact]
    public async Task A_put_creates_a_job_that_has_ended_and_tells_of_one()
    {
        using var created = await Client.SendAsync(HttpMethod.Put, "done", Ending, ("Stream-Closed", "true"));
        using var again = await Client.SendAsync(HttpMethod.Put, "done");
        using var closed = await Client.SendAsync(HttpMethod.Put, "done", body: null, ("Stream-Closed", "true"));

        Assert.Equal((201, 200, 200), ((int)created.StatusCode, (int)again.StatusCode, (int)closed.StatusCode));
        Assert.All([created, again, closed], answer => Assert.True(IsClosed(answer)));
    }

    [Fact]
    public async Task A_head_tells_the_end()
    {
        using var appended = await Client.AppendAsync("told", LogServerClient.Note);
        using var open = await Client.SendAsync(HttpMethod.Head, "told");
        using var ended = await Client.AppendAsync("told", Ending);
        using var closed = await Client.SendAsync(HttpMethod.Head, "told");

        Assert.Equal((200, 1, false), ((int)open.StatusCode, Offset(open).EventId, IsClosed(open)));
        Assert.Equal((200, 2, true), ((int)closed.StatusCode, Offset(closed).EventId, IsClosed(closed)));
        Assert.Equal(Offset(appended), Offset(open));
        Assert.Equal("application/json", open.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_producers_append_is_made_once()
    {
        using var made = await ProduceAsync("once", 0, 0);
        using var again = await ProduceAsync("once", 0, 0);
        using var next = await ProduceAsync("once", 0, 1);
        using var older = await ProduceAsync("once", 0, 0);
        using var restarted = await ProduceAsync("once", 5, 0);

        Assert.Equal([200, 204, 200, 204, 200], new[] { made, again, next, older, restarted }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(
            ["0", "0", "1", "1", "0"],
            new[] { made, again, next, older, restarted }.Select(answer => Header(answer, "Producer-Seq"))
        );
        Assert.Equal("5", Header(restarted, "Producer-Epoch"));
        Assert.Equal(3, (await Client.EventsAsync("once")).Count);
    }

    [Fact]
    public async Task The_append_that_ends_a_job_can_be_repeated()
    {
        (string, string)[] headers = [("Producer-Id", "p"), ("Producer-Epoch", "0"), ("Producer-Seq", "0"), ("Stream-Closed", "true")];
        using var made = await Client.AppendAsync("ends", Ending, headers);
        using var again = await Client.AppendAsync("ends", Ending, headers);
        using var closed = await Client.SendAsync(HttpMethod.Post, "ends", body: null, ("Stream-Closed", "true"));

        Assert.Equal((200, 204, 204), ((int)made.StatusCode, (int)again.StatusCode, (int)closed.StatusCode));
        Assert.All([made, again, closed], answer => Assert.True(IsClosed(answer)));
        Assert.Single(await Client.EventsAsync("ends"));
    }

    [Fact]
    public async Task An_expected_last_id_lets_one_of_two_through()
    {
        using var first = await Client.AppendAsync("expected", LogServerClient.Note, ("Job-Expected-Last-Id", "0"));
        using var second = await Client.AppendAsync("expected", LogServerClient.Note, ("Job-Expected-Last-Id", "0"));

        Assert.Equal((204, 409), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Single(await Client.EventsAsync("expected"));
    }

    [Fact]
    public async Task A_body_in_chunks_is_appended()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/jobs/chunks/events", UriKind.Relative))
        {
            Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(LogServerClient.Note))),
        };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentType = new("application/json") { CharSet = "UTF-8" };
        using var answer = await Client.Http.SendAsync(request, Deadline.Token);

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Single(await Client.EventsAsync("chunks"));
    }

    [Fact]
    public async Task Data_of_128_levels_comes_back_as_it_was()
    {
        var nested = $$$"""{"a":{{{new string('[', 127)}}}{{{new string(']', 127)}}}}""";
        using var answer = await Client.AppendAsync("deep", $$"""{"eventType":"note","data":{{nested}}}""");

        Assert.Equal(204, (int)answer.StatusCode);
        var state = await Client.SendAsync(HttpMethod.Head, "deep");
        Assert.Equal(1, Offset(state).EventId);
    }

    private Task<HttpResponseMessage> ProduceAsync(string jobId, long epoch, long sequence) =>
        Client.AppendAsync(
            jobId,
            LogServerClient.Note,
            ("Producer-Id", "p"),
            ("Producer-Epoch", $"{epoch}"),
            ("Producer-Seq", $"{sequence}")
        );

    private static StreamOffset Offset(HttpResponseMessage answer) => StreamOffset.Parse(Header(answer, "Stream-Next-Offset")!)!;

    private static bool IsClosed(HttpResponseMessage answer) => Header(answer, "Stream-Closed") == "true";

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
