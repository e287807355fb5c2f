using Microsoft.Extensions.Configuration.Json;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>Reads the settings from the command line, the environment and files, as ASP.NET Core does.</summary>
public static class SettingsSources
{
    /// <summary>Creates a builder with all sources of settings. The file next to the program counts least.</summary>
    public static WebApplicationBuilder CreateBuilder(WebApplicationOptions options)
    {
        var builder = WebApplication.CreateBuilder(options);
        var nextToProgram = new JsonConfigurationSource
        {
            Path = Path.Combine(AppContext.BaseDirectory, "appsettings.json"),
            Optional = true,
        };
        nextToProgram.ResolveFileProvider();
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, nextToProgram);
        return builder;
    }
}
