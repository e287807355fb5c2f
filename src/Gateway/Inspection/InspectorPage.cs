namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The inspector's page, at / of its own port.</summary>
internal static class InspectorPage
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        PageFile.Map(routes, "/", "inspector.html");
        foreach (var file in new[] { "inspector.js", "shared.js", "console.css" })
        {
            PageFile.Map(routes, $"/{file}", file);
        }
    }
}
