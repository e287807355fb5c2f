using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

internal static class Waits
{
    /// <summary>Waits until a subscription is open and all that it has was taken.</summary>
    public static Task WaitsAsync(this TestGateway gateway) =>
        TestGateway.EventuallyAsync(
            () =>
            {
                var views = new List<SubscriptionView>();
                foreach (var session in gateway.Services.GetRequiredService<SessionRegistry>().Here())
                {
                    session.AddSubscriptionsTo(views);
                }

                return views.Exists(view => view is { State: SubscriptionState.Open, Lane.QueuedMessages: 0, Watch.IsConfirmed: true });
            },
            "a reader waits for the next event"
        );
}
