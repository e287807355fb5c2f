using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>Creates the builder of the gateway.</summary>
internal static class GatewayBuilder
{
    /// <summary>Creates a builder with all sources of settings.</summary>
    public static WebApplicationBuilder Create(string[] args) => SettingsSources.CreateBuilder(new WebApplicationOptions { Args = args });

    /// <summary>Listens on <see cref="GatewayUrl.Default"/> if no setting names an address.</summary>
    public static void ListenByDefault(WebApplicationBuilder builder)
    {
        if (ListenUrls.Of(builder.Configuration).Count == 0)
        {
            builder.WebHost.UseUrls(GatewayUrl.Default);
        }
    }
}
