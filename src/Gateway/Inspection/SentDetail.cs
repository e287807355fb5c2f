namespace OptimizationGateway.Gateway.Inspection;

/// <summary>What a client's socket has taken.</summary>
/// <param name="Events">So many events.</param>
/// <param name="Bytes">In messages of so many bytes.</param>
internal sealed record SentDetail(long Events, long Bytes);
