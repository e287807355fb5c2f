namespace OptimizationGateway.Gateway.Front;

/// <summary>Maps what is only read.</summary>
internal static class ReadRoutes
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET, and HEAD to the same answer without its body, as RFC 9110 section 9.3.2 asks for.</summary>
    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder routes, string path, RequestDelegate handler) =>
        routes.MapMethods(path, Methods, handler);
}
