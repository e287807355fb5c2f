using System.Net;
using System.Net.Http.Json;
using Grpc.Health.V1;
using Grpc.Net.Client;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// The real optimizer on a disk that takes no more: the kernel refuses each write beyond a size (RLIMIT_FSIZE), which needs neither root nor a
/// disk to fill.
/// </summary>
public sealed class FullDiskTests
{
    private const string RefuseDoNotKill = "trap '' XFSZ";
    private const string Full = "4096";

    [Fact]
    public async Task Jobs_wait_nothing_is_shown_that_is_not_on_disk_and_all_goes_on_when_there_is_room()
    {
        await using var stub = await TestStub.StartProcessAfterAsync(RefuseDoNotKill);
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var client = await gateway.ConnectAsync();
        var job = await StartJobAsync(stub);
        await client.SubscribeAsync(job, 0);
        await EventsAsync(client, job, atLeast: 5);

        await stub.Process!.LimitAsync("fsize", Full);
        await HealthIsAsync(stub, HealthCheckResponse.Types.ServingStatus.NotServing);

        // A job that is started now says so; one that runs waits, and stays as it is.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostJobAsync(stub));
        var durable = (long)(await stub.JobAsync(job))["lastEventId"]!;
        await using var late = await gateway.ConnectAsync();
        await late.SubscribeAsync(job, 0);
        await late.UntilAsync(m => (string?)m["type"] == "replay" && !(bool)m["hasMore"]!);
        await EventsAsync(client, job, atLeast: (int)durable);
        Assert.Equal(Ids(durable), late.EventIds(job));
        Assert.Equal(Ids(durable), client.EventIds(job));

        // A watch isn't touched by it: no error, no end.
        Assert.Equal(
            ["pong"],
            (await client.SettleAsync()).Select(m => (string)m["type"]!).Where(type => type is not ("event" or "replay" or "subscribed"))
        );

        await stub.Process.LimitAsync("fsize", "unlimited");
        await HealthIsAsync(stub, HealthCheckResponse.Types.ServingStatus.Serving);
        await EventsAsync(client, job, atLeast: (int)durable + 5);
        await stub.TellAsync(job, "cancel");
        await EndedAsync(client, job);
        await EndedAsync(late, job);

        var last = (long)(await stub.JobAsync(job))["lastEventId"]!;
        Assert.Equal(Ids(last), client.EventIds(job));
        Assert.Equal(Ids(last), late.EventIds(job));
        Assert.DoesNotContain(client.Received.Concat(late.Received), m => (string?)m["type"] == "error");
    }

    [Fact]
    public async Task Killed_while_the_disk_is_full_it_goes_on_from_what_the_user_has_seen()
    {
        await using var stub = await TestStub.StartProcessAfterAsync(RefuseDoNotKill);
        await using var gateway = await TestGateway.StartAsync(stub.GrpcUrl);
        await using var client = await gateway.ConnectAsync();
        var job = await StartJobAsync(stub);
        await client.SubscribeAsync(job, 0);
        await EventsAsync(client, job, atLeast: 5);

        await stub.Process!.LimitAsync("fsize", Full);
        await HealthIsAsync(stub, HealthCheckResponse.Types.ServingStatus.NotServing);
        var seen = client.EventIds(job).Count;
        await stub.Process.KillAsync();
        await stub.Process.StartAsync();
        await EventsAsync(client, job, atLeast: seen + 5);
        await stub.TellAsync(job, "cancel");
        await EndedAsync(client, job);

        Assert.Equal(Ids((long)(await stub.JobAsync(job))["lastEventId"]!), client.EventIds(job));
    }

    /// <summary>It runs until it is cancelled: its own end is further away than all that a test waits for.</summary>
    private static Task<string> StartJobAsync(TestStub stub) =>
        stub.StartJobAsync(
            new
            {
                maxIterations = 100,
                seed = 1,
                iterationDelayMs = 500,
            }
        );

    private static async Task<HttpStatusCode> PostJobAsync(TestStub stub)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(
            new Uri(stub.HttpUrl, "/jobs"),
            new { promptId = "prompt-1", datasetId = "support" }
        );
        return response.StatusCode;
    }

    private static async Task HealthIsAsync(TestStub stub, HealthCheckResponse.Types.ServingStatus status)
    {
        using var channel = GrpcChannel.ForAddress(stub.GrpcUrl);
        var health = new global::Grpc.Health.V1.Health.HealthClient(channel);
        await Until.TrueAsync(
            async () =>
                (await health.CheckAsync(new HealthCheckRequest(), deadline: DateTime.UtcNow + TestClient.Deadline)).Status == status,
            $"the stub's health is {status}"
        );
    }

    private static Task EventsAsync(TestClient client, string job, int atLeast) =>
        TestGateway.EventuallyAsync(() => client.EventIds(job).Count >= atLeast, $"the client has {atLeast} events");

    private static Task EndedAsync(TestClient client, string job) =>
        TestGateway.EventuallyAsync(
            () => client.Received.Any(m => (string?)m["jobId"] == job && (string?)m["type"] == "unsubscribed"),
            "the subscription ended"
        );

    private static IEnumerable<long> Ids(long last) => Enumerable.Range(1, (int)last).Select(id => (long)id);
}
