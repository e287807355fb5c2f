namespace OptimizationGateway.Gateway.Wire;

/// <summary>The headers of a call that are larger than the backend takes.</summary>
/// <param name="Bytes">Their size, counted as RFC 9113 does, section 6.5.2.</param>
/// <param name="Limit">The most the backend accepts, in bytes; null if it doesn't say.</param>
/// <param name="AreCallers">True if some of them are the caller's; else they are the gateway's own.</param>
internal sealed record OversizedHeaders(long Bytes, long? Limit, bool AreCallers);
