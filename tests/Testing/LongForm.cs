namespace OptimizationGateway.Testing;

/// <summary>Tests that are short in the suite, and long where <c>make feeds</c> asks for that.</summary>
public static class LongForm
{
    /// <summary>True if <c>LONG_FORM=true</c> is in the environment.</summary>
    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("LONG_FORM") == "true";
}
