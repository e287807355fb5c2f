namespace OptimizationGateway.Gateway.Translation;

/// <summary>What of an event is shown: the settings under <c>Gateway:Translation</c>.</summary>
internal sealed record TranslationOptions
{
    /// <summary>
    /// Whether <c>job_failed</c> shows its <c>errorStack</c>; without it that is empty. A stack names files, versions and more of the inside of an
    /// optimizer. Default: true.
    /// </summary>
    public bool IncludeErrorStack { get; init; } = true;
}
