using Microsoft.Extensions.Options;

namespace OptimizationGateway.Gateway.Security;

/// <summary>The rules about who may connect: the settings under <c>Gateway:Security</c>.</summary>
internal sealed record SecurityOptions
{
    /// <summary>True to let the gateway listen beyond this machine without asking for tokens. Default: false.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>
    /// Origins of pages elsewhere that may connect, separated by commas, such as <c>https://app.example.com</c>; <c>*</c> for all.
    /// A page of the gateway's own host always may. Default: none.
    /// </summary>
    public string AllowedOrigins { get; init; } = "";

    /// <summary>
    /// Host names that the gateway answers to, beside the loopback ones, separated by commas and without a port, such as
    /// <c>gateway.example.com</c>; <c>*</c> for all. Without this list any page could point a name of its own at the gateway and pass
    /// for the same host. Default: none.
    /// </summary>
    public string AllowedHosts { get; init; } = "";

    [ValidateObjectMembers]
    public JwtOptions Jwt { get; init; } = new();
}
