namespace OptimizationGateway.Gateway.Front;

/// <summary>The page at /: the settings under <c>Gateway:Console</c>.</summary>
internal sealed record ConsoleOptions
{
    /// <summary>The base URL of a jobs API such as the stub's, through which the page starts and controls jobs. Default: none.</summary>
    public string JobsApiUrl { get; init; } = "";
}
