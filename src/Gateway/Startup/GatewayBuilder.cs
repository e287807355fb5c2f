using Microsoft.Extensions.Configuration.Json;
using OptimizationGateway.Gateway.Listening;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>Reads the settings from the command line, the environment and files, as ASP.NET Core does.</summary>
internal static class SettingsSources
{
    /// <summary>Creates a builder with all sources of settings. The file next to the program counts least.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var nextToProgram = new JsonConfigurationSource
        {
            Path = Path.Combine(AppContext.BaseDirectory, "appsettings.json"),
            Optional = true,
        };
        nextToProgram.ResolveFileProvider();
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, nextToProgram);
        return builder;
    }

    /// <summary>Listens on <see cref="GatewayUrl.Default"/> if no setting names an address.</summary>
    public static void ListenByDefault(WebApplicationBuilder builder)
    {
        if (ListenUrls.Of(builder.Configuration).Count == 0)
        {
            builder.WebHost.UseUrls(GatewayUrl.Default);
        }
    }
}
