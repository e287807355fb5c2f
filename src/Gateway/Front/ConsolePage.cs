using System.Text.Json;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Maps the page at /.</summary>
internal static class ConsolePage
{
    public static void Map(IEndpointRouteBuilder routes, ConsoleOptions options)
    {
        var jobsApiUrl = options.JobsApiUrl.TrimEnd('/');
        var jobsOrigin = jobsApiUrl.Length > 0 ? new Uri(jobsApiUrl).GetLeftPart(UriPartial.Authority) : "";
        PageFile.Map(routes, "/", "index.html", jobsOrigin);
        foreach (var file in new[] { "console.js", "shared.js", "console.css" })
        {
            PageFile.Map(routes, $"/{file}", file, jobsOrigin);
        }

        var settings = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["jobsApiUrl"] = jobsApiUrl }
        );
        new PageFile(settings, "application/json", jobsOrigin).Map(routes, "/console.json");
    }
}
