namespace OptimizationGateway.Release;

/// <summary>Something that keeps a commit from being released.</summary>
/// <param name="File">The file to change, relative to the repository's folder.</param>
/// <param name="Problem">What is wrong with it, and what it should say.</param>
internal sealed record Finding(string File, string Problem);
