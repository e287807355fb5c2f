namespace OptimizationGateway.Testing;

/// <summary>An HTTP answer as it came.</summary>
public sealed record RawHttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body);
