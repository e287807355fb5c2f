namespace OptimizationGateway.Gateway.Protocol;

/// <summary>The <c>reason</c> of <c>unsubscribed</c>, PROTOCOL.md section 3.</summary>
/// <param name="Name">The member as it is written.</param>
internal sealed record UnsubscribeReason(string Name)
{
    public static readonly UnsubscribeReason Requested = new("requested");
    public static readonly UnsubscribeReason JobEnded = new("job_ended");
    public static readonly UnsubscribeReason Failed = new("failed");
}
