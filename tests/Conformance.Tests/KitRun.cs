using System.Text.Json.Nodes;

namespace OptimizationGateway.Conformance.Tests;

/// <summary>The kit, run with these arguments in this process.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Errors">What it printed as an error.</param>
internal sealed record KitRun(int ExitCode, string Output, string Errors)
{
    /// <summary>What it printed, however its lines are broken.</summary>
    public string Words => string.Join(' ', Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What it printed with --json.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;

    public IEnumerable<JsonNode> Rules => Json["rules"]!.AsArray().Select(rule => rule!);

    public static async Task<KitRun> OfAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exitCode = await KitProgram.RunAsync(args, output, errors, TestContext.Current.CancellationToken);
        return new KitRun(exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Each rule was looked at, and none is broken.</summary>
    public void AssertAllPass()
    {
        Assert.Equal(("", null), (Errors, Json["error"]?.ToJsonString()));
        // In one text: a collection's elements are cut short.
        var broken = Rules.Where(rule => (string?)rule["verdict"] != "pass");
        Assert.Equal("", string.Join('\n', broken.Select(rule => $"{rule["rule"]} {rule["verdict"]}: {rule["seen"]}")));
        Assert.Equal(Conformance.Rules.RuleBook.All.Select(rule => rule.Name), Rules.Select(rule => (string)rule["rule"]!));
        Assert.Equal(0, ExitCode);
    }
}
