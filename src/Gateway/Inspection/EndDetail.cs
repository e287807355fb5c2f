namespace OptimizationGateway.Gateway.Inspection;

/// <summary>How a connection ended.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">Why, as in the log.</param>
/// <param name="CloseCode">What it was closed with; null where nothing could be sent any more.</param>
internal sealed record EndDetail(DateTimeOffset At, string Reason, int? CloseCode);
