using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Health.V1;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.LogServer.Tests.BadInput;
using OptimizationGateway.LogServer.Tests.Harness;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>The gRPC side: AppendEvents, the list of jobs, health, and the end of watches at a shutdown.</summary>
public sealed class GrpcTests : IAsyncLifetime
{
    private LogServerRun run = null!;

    public async ValueTask InitializeAsync() => run = await LogServerRun.StartAsync();

    public ValueTask DisposeAsync() => run.DisposeAsync();

    [Fact]
    public async Task A_call_appends_and_tells_the_state()
    {
        var first = await AppendAsync(new AppendEventsRequest { JobId = "job", Events = { BadCall.Note("a"), BadCall.Note("b") } });
        var created = await AppendAsync(
            new AppendEventsRequest { JobId = "empty", Lease = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) }
        );
        var last = await AppendAsync(
            new AppendEventsRequest
            {
                JobId = "job",
                ExpectedLastEventId = 2,
                Events = { new JobEvent { JobCompleted = new JobCompleted() } },
            }
        );

        Assert.Equal((2, true, false, false), (first.LastEventId, first.IsNew, first.Ended, first.HasProducerSequence));
        Assert.Equal((0, true), (created.LastEventId, created.IsNew));
        Assert.Equal((3, false, true), (last.LastEventId, last.IsNew, last.Ended));
        Assert.Equal(first.Epoch, last.Epoch);
        Assert.Equal(["a", "b", ""], (await run.Client.EventsAsync("job")).Select(jobEvent => jobEvent.Stage));
    }

    [Fact]
    public async Task A_producers_call_is_made_once()
    {
        var request = new AppendEventsRequest
        {
            JobId = "job",
            Events = { BadCall.Note() },
            Producer = new Producer { Id = "p" },
        };
        var made = await AppendAsync(request);
        var again = await AppendAsync(request);

        Assert.Equal((false, true), (made.IsRepeat, again.IsRepeat));
        Assert.Equal((0, 0), (made.ProducerSequence, again.ProducerSequence));
        Assert.Single(await run.Client.EventsAsync("job"));
    }

    [Fact]
    public async Task An_event_may_nest_128_levels()
    {
        var deep = new JobEvent
        {
            Custom = new CustomEvent { EventType = "note", Data = BadCalls.Nested(128) },
        };
        var answer = await AppendAsync(new AppendEventsRequest { JobId = "deep", Events = { deep } });

        Assert.Equal(1, answer.LastEventId);
    }

    [Fact]
    public async Task Jobs_are_listed_and_the_health_is_told()
    {
        await AppendAsync(new AppendEventsRequest { JobId = "listed", Events = { BadCall.Note() } });
        var list = await run.Client.Jobs.ListJobsAsync(new ListJobsRequest(), cancellationToken: Deadline.Token);
        var health = await new Health.HealthClient(run.Client.Channel).CheckAsync(
            new HealthCheckRequest(),
            cancellationToken: Deadline.Token
        );

        Assert.Equal("listed", Assert.Single(list.Jobs).JobId);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task A_shutdown_ends_watches_with_unavailable()
    {
        await AppendAsync(new AppendEventsRequest { JobId = "watched", Events = { BadCall.Note() } });
        using var watch = run.Client.Watch("watched");
        Assert.Equal(1, (await watch.NextAsync())!.Id);

        var stopping = run.StopAsync();
        var ended = await Assert.ThrowsAsync<RpcException>(watch.NextAsync);

        Assert.Equal(StatusCode.Unavailable, ended.StatusCode);
        await stopping;
    }

    private async Task<AppendEventsResponse> AppendAsync(AppendEventsRequest request) =>
        await run.Client.Log.AppendEventsAsync(request, cancellationToken: Deadline.Token);
}
