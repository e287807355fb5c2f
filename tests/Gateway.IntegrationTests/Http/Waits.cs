using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

internal static class Waits
{
    /// <summary>The subscriptions as they are now.</summary>
    public static List<SubscriptionView> Views(this TestGateway gateway)
    {
        var views = new List<SubscriptionView>();
        foreach (var session in gateway.Services.GetRequiredService<SessionRegistry>().Here())
        {
            session.AddSubscriptionsTo(views);
        }

        return views;
    }

    /// <summary>Waits until a subscription shares its job's stream, which it does once it has caught up, and all that it has was taken.</summary>
    public static Task WaitsAsync(this TestGateway gateway) =>
        TestGateway.EventuallyAsync(
            () => gateway.Views().Exists(view => view is { Seat: not null, Lane.QueuedMessages: 0 }),
            "a reader waits for the next event"
        );
}
