namespace OptimizationGateway.Gateway.Protocol;

/// <summary>One <c>error</c> message, PROTOCOL.md sections 3, 6 and 9. Members that are null are left out.</summary>
internal sealed record ErrorMessage(ErrorCode Code, SubscriptionEffect Effect)
{
    /// <summary>The sentence for people; the code's own if there is nothing more exact.</summary>
    public string Text { get; init; } = Code.Text;

    public string? JobId { get; init; }

    /// <summary>The client message's <c>requestId</c>, where the error is its direct answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>True if it answers a <c>replay</c>.</summary>
    public bool Requested { get; init; }

    public long? EarliestEventId { get; init; }

    public long? LatestEventId { get; init; }

    /// <summary>The event that can't be shown, where its id could be read.</summary>
    public long? EventId { get; init; }
}
