using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Backends.Tests;

/// <summary>What each example refuses, with no gateway between. All other rules are the conformance kit's: see its ExamplesTests.</summary>
public sealed class StreamTests
{
    public static TheoryData<Language> Languages => new(Enum.GetValues<Language>());

    [Theory, MemberData(nameof(Languages))]
    public async Task What_it_can_not_serve_it_refuses_by_the_status_that_says_why(Language language)
    {
        await using var backend = await ExampleBackend.StartAsync(language);
        var job = await backend.FinishedJobAsync(iterations: 3);

        var unknown = await RefusedAsync(new WatchJobRequest { JobId = "../log", AfterEventId = 0 });
        var unnamed = await RefusedAsync(new WatchJobRequest { AfterEventId = 0 });
        var ahead = await RefusedAsync(new WatchJobRequest { JobId = job, AfterEventId = 6 });
        var furthest = await RefusedAsync(new WatchJobRequest { JobId = job, AfterEventId = (1L << 53) - 1 });
        var other = await RefusedAsync(
            new WatchJobRequest
            {
                JobId = job,
                AfterEventId = 0,
                Epoch = "another",
            }
        );

        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(StatusCode.NotFound, unnamed.StatusCode);
        Assert.Equal(StatusCode.FailedPrecondition, other.StatusCode);
        foreach (var refusal in new[] { ahead, furthest })
        {
            Assert.Equal(StatusCode.OutOfRange, refusal.StatusCode);
            Assert.Equal("1", refusal.Trailers.GetValue("earliest-event-id"));
            Assert.Equal("5", refusal.Trailers.GetValue("latest-event-id"));
        }

        async Task<RpcException> RefusedAsync(WatchJobRequest request)
        {
            using var watch = backend.Watch(request);
            return await Assert.ThrowsAsync<RpcException>(() => ExampleBackend.ReadAsync(watch));
        }
    }
}
