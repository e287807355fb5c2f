using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Rules;

namespace OptimizationGateway.Conformance.Report;

/// <summary>One JSON document at the end, for programs. Its members are documented in docs/backends.md.</summary>
internal sealed class JsonReport(TextWriter output) : IReport
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void List(IReadOnlyList<Rule> rules) =>
        Write(new JsonObject { ["kit"] = KitProgram.Version, ["rules"] = new JsonArray([.. rules.Select(Head)]) });

    public void Begin(KitOptions options) { }

    public void Add(RuleResult result) { }

    public void End(Summary summary) =>
        Write(
            new JsonObject
            {
                ["kit"] = KitProgram.Version,
                ["backend"] = summary.Options.Backend!.ToString(),
                ["passed"] = summary.Passed,
                ["failed"] = summary.Failed,
                ["notApplicable"] = summary.NotApplicable,
                ["exitCode"] = (int)summary.ExitCode,
                ["seconds"] = Seconds(summary.Took),
                ["rules"] = new JsonArray([.. summary.Results.Select(Rule)]),
            }
        );

    public void Fail(string code, string message) =>
        Write(
            new JsonObject
            {
                ["kit"] = KitProgram.Version,
                ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
            }
        );

    private static JsonObject Head(Rule rule) =>
        new()
        {
            ["rule"] = rule.Name,
            ["section"] = rule.Section,
            ["text"] = rule.Text,
        };

    private void Write(JsonNode document) => output.WriteLine(document.ToJsonString(Readable));

    private static JsonNode Rule(RuleResult result)
    {
        var rule = Head(result.Rule);
        rule["verdict"] = result.Finding.Verdict switch
        {
            Verdict.Pass => "pass",
            Verdict.Fail => "fail",
            _ => "not_applicable",
        };
        rule["seen"] = result.Finding.Seen;
        rule["seconds"] = Seconds(result.Took);
        rule["figures"] = new JsonObject(result.Finding.Figures.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)figure.Value)));
        return rule;
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
