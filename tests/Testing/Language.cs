namespace OptimizationGateway.Testing;

/// <summary>The examples, by the language each is written in.</summary>
public enum Language
{
    Node,
    Python,
    Go,
}
