namespace OptimizationGateway.Fuzz;

/// <summary>What is fed with bytes that nobody has vetted. A target throws where the gateway does what it must not.</summary>
public static class FuzzTarget
{
    public static readonly IReadOnlyDictionary<string, Action<byte[]>> All = new Dictionary<string, Action<byte[]>>(StringComparer.Ordinal)
    {
        ["message"] = MessageTarget.Try,
        ["event"] = EventTarget.Try,
    };

    internal static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"It doesn't hold that {what}.");
        }
    }
}
