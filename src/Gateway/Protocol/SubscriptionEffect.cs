namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// The effect of an error on the subscription it names: the <c>subscription</c> member of <c>error</c>, PROTOCOL.md section 9.
/// </summary>
/// <param name="Name">The member as it is written.</param>
internal sealed record SubscriptionEffect(string Name)
{
    /// <summary>It lives on and the gateway retries: don't resubscribe.</summary>
    public static readonly SubscriptionEffect Kept = new("kept");

    /// <summary>It was open; <c>unsubscribed</c> follows.</summary>
    public static readonly SubscriptionEffect Ended = new("ended");

    /// <summary>It never opened; no <c>unsubscribed</c> follows.</summary>
    public static readonly SubscriptionEffect NotOpened = new("not_opened");

    /// <summary>The error is about a message, not about a subscription.</summary>
    public static readonly SubscriptionEffect Untouched = new("untouched");
}
