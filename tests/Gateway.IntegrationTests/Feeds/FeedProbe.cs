using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Feeds;

/// <summary>The feeds of a gateway, seen from inside.</summary>
internal static class FeedProbe
{
    /// <summary>The only feed.</summary>
    public static FeedView Of(TestGateway gateway) => Assert.Single(Set(gateway).Views()).View;

    /// <summary>The number of viewers that have a seat.</summary>
    public static int ViewersOf(TestGateway gateway) => Set(gateway).Views().Sum(feed => feed.View.Viewers);

    /// <summary>The memory of all rings, in bytes.</summary>
    public static long MemoryOf(TestGateway gateway) => Set(gateway).Bytes;

    private static FeedSet Set(TestGateway gateway) => gateway.Services.GetRequiredService<FeedSet>();
}
