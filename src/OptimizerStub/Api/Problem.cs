using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace OptimizationGateway.OptimizerStub.Api;

/// <summary>Errors as application/problem+json, whatever the client says it accepts: its people read them all the same.</summary>
internal static class Problem
{
    public static ProblemHttpResult Of(int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: ReasonPhrases.GetReasonPhrase(status));

    public static ProblemHttpResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, detail);

    /// <summary>For the statuses that routing and Kestrel give without a word.</summary>
    public static Task WriteBareAsync(HttpContext http)
    {
        var request = http.Request;
        var detail = http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {request.Path}. GET / lists what is here.",
            StatusCodes.Status405MethodNotAllowed => $"{request.Method} is not allowed at {request.Path}; the Allow header says what is.",
            StatusCodes.Status500InternalServerError => "The optimizer met a fault of its own; its log says more.",
            _ => "The request could not be served.",
        };
        return Of(http.Response.StatusCode, detail).ExecuteAsync(http);
    }
}
