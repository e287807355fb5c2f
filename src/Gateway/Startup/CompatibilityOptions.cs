namespace OptimizationGateway.Gateway.Startup;

/// <summary>Gateways of different versions with the same settings: the settings under <c>Gateway:Compatibility</c>.</summary>
internal sealed record CompatibilityOptions
{
    /// <summary>
    /// True if settings that this version doesn't know are left out, with a warning that names each, so that a roll-back starts with the
    /// settings of a newer version. False refuses the start. Default: false.
    /// </summary>
    public bool IgnoreUnknown { get; init; }
}
