using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>The OpenAPI document, as a client finds its way in it.</summary>
internal sealed class OpenApi(JsonNode document)
{
    public static OpenApi Read() => new(JsonNode.Parse(File.ReadAllText(RepositoryRoot.Combine("docs", "schema", "openapi.json")))!);

    /// <summary>The names of a schema's members.</summary>
    public IEnumerable<string> MembersOf(string schema) =>
        document["components"]!["schemas"]![schema]!["properties"]!.AsObject().Select(member => member.Key);

    /// <summary>True if the answer is one of the target's, or of those that any path can give.</summary>
    public bool Has(string target, int status, string code)
    {
        var path = target.Split('?')[0].Split('/');
        var responses =
            from template in document["paths"]!.AsObject()
            where Fits(template.Key.Split('/'), path)
            from operation in template.Value!.AsObject()
            where operation.Key == "get"
            select operation.Value!["responses"]![$"{status}"];
        var others = document["components"]!["responses"]!;
        var any = status switch
        {
            404 => others["NotFound"],
            405 => others["MethodNotAllowed"],
            _ => null,
        };
        return responses.Append(any).Any(response => CodesOf(response).Contains(code, StringComparer.Ordinal));
    }

    private static bool Fits(string[] template, string[] path) =>
        template.Length == path.Length && template.Zip(path).All(part => part.First.StartsWith('{') || part.First == part.Second);

    private static IEnumerable<string> CodesOf(JsonNode? response) =>
        response
            ?["content"]?["application/problem+json"]?["schema"]!["allOf"]![1]!["properties"]!["code"]!["enum"]!.AsArray()
            .Select(code => (string)code!)
        ?? [];
}
