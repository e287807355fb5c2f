namespace OptimizationGateway.Gateway.Translation;

/// <summary>The parts of an event that are shown: the settings under <c>Gateway:Translation</c>.</summary>
internal sealed record TranslationOptions
{
    /// <summary>
    /// True if <c>job_failed</c> shows its <c>errorStack</c>; otherwise that member is empty. A stack names files, versions and more
    /// of the inside of an optimizer. Default: true.
    /// </summary>
    public bool IncludeErrorStack { get; init; } = true;
}
