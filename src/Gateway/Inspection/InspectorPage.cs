using OptimizationGateway.Gateway.Front;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Maps the inspector's page at / of its own port. It needs no key: it holds no data and asks for the key.</summary>
internal static class InspectorPage
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous();
        PageFile.Map(open, "/", "inspector.html");
        foreach (var file in new[] { "inspector.js", "shared.js", "console.css" })
        {
            PageFile.Map(open, $"/{file}", file);
        }
    }
}
