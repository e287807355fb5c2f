using OptimizationGateway.Gateway.Subscriptions;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>The tag <c>state</c> of subscriptions.</summary>
internal static class SubscriptionTags
{
    private static readonly KeyValuePair<string, object?>[] States =
    [
        .. Enum.GetValues<SubscriptionState>()
            .Select(state => new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant())),
    ];

    public static KeyValuePair<string, object?> Of(SubscriptionState state) => States[(int)state];
}
