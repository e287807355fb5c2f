using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>The descriptions for machines have the codes that PROTOCOL.md has, and PROTOCOL.md has theirs.</summary>
public sealed partial class DocumentedCodesTests
{
    private static readonly string Protocol = File.ReadAllText(RepositoryRoot.Combine("PROTOCOL.md"));

    [Fact]
    public void Each_code_of_plain_HTTP_is_in_OpenAPI_and_each_of_OpenAPI_is_documented()
    {
        var described = Described().ToHashSet();
        var http = Protocol[Protocol.IndexOf("## 11. Plain HTTP", StringComparison.Ordinal)..];
        var documented = Rows(http).ToHashSet();
        var limits = Names(Protocol[Protocol.IndexOf("Before the upgrade, a refusal", StringComparison.Ordinal)..].Split("\n\n")[0]);

        Assert.InRange(documented.Count, 17, int.MaxValue);
        Assert.Subset(described, documented);
        // The row of 429 and 503 refers to section 7, and the text to what ends an open answer.
        var elsewhere = limits.Concat(Names(http)).ToHashSet(StringComparer.Ordinal);
        var undocumented = described
            .Except(documented)
            .Where(answer => answer.Status is not (429 or 503) || !elsewhere.Contains(answer.Code));
        Assert.Equal([], undocumented);
    }

    [Fact]
    public void Each_close_code_is_in_AsyncAPI_with_what_it_asks_for()
    {
        var table = Protocol[Protocol.IndexOf("| code | name | when |", StringComparison.Ordinal)..].Split("\n\n")[0];
        var documented = CloseCode().Matches(table).Select(match => int.Parse(match.Groups["code"].ValueSpan, provider: null)).Order();
        var described = JsonNode.Parse(AsyncApiDocument.Text())!["channels"]!["optimization"]!["x-close-codes"]!.AsArray();

        Assert.Equal(documented, described.Select(code => (int)code!["code"]!));
        Assert.Equal(
            [1011, 1012, 1013, 4401, 4408, 4429],
            described.Where(code => (bool)code!["comeBack"]!).Select(code => (int)code!["code"]!)
        );
    }

    /// <summary>The rows of the table of statuses and codes.</summary>
    private static IEnumerable<(int Status, string Code)> Rows(string chapter) =>
        from line in chapter[chapter.IndexOf("| status | code |", StringComparison.Ordinal)..].Split("\n\n")[0].Split('\n').Skip(2)
        let cells = line.Split('|')
        from status in cells[1].Split(',')
        from code in Names(cells[2])
        where code != "detail"
        select (int.Parse(status.AsSpan().Trim(), provider: null), code);

    private static IEnumerable<(int Status, string Code)> Described()
    {
        var document = JsonNode.Parse(OpenApiDocument.Text())!;
        var ofPaths =
            from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            where operation.Value is JsonObject
            from response in operation.Value!["responses"]!.AsObject()
            select (Status: int.Parse(response.Key, provider: null), Answer: response.Value);
        var others = document["components"]!["responses"]!;
        return from response in ofPaths
                .Append((Status: 404, Answer: others["NotFound"]))
                .Append((Status: 405, Answer: others["MethodNotAllowed"]))
            from code in response
                .Answer!["content"]
                ?["application/problem+json"]?["schema"]!["allOf"]![1]!["properties"]!["code"]!["enum"]!.AsArray() ?? []
            select (response.Status, (string)code!);
    }

    private static IEnumerable<string> Names(string text) => Name().Matches(text).Select(match => match.Groups["name"].Value);

    [GeneratedRegex("`(?<name>[a-z_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| (?<code>\d{4}) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CloseCode();
}
