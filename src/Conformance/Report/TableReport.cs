using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Rules;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Report;

/// <summary>A table for people: of each rule what it says and what was seen, then what to do next.</summary>
internal sealed class TableReport(TextWriter output, TextWriter errors) : IReport
{
    /// <summary>Verdict, name and section come before the texts.</summary>
    private const int Margin = 6 + 21 + 6;

    private readonly Paper paper = Paper.Of(output);

    public void Begin(KitOptions options)
    {
        paper.Line(
            $"WatchJob at {options.Backend!.GetLeftPart(UriPartial.Authority)}. Of each rule: what PROTOCOL.md says, and what was seen."
        );
        paper.Line();
    }

    public void Add(RuleResult result)
    {
        var (mark, ink) = result.Finding.Verdict switch
        {
            Verdict.Pass => ("pass", Ink.Green),
            Verdict.Fail => ("FAIL", Ink.Red),
            _ => ("n/a", Ink.Yellow),
        };
        var head = $"{paper.Dye(mark.PadRight(6), ink)}{result.Rule.Name, -21}{$"§{result.Rule.Section}", -6}";
        WriteRule(head, result.Rule, Ink.Faint);
        paper.Paragraph("", Margin, result.Finding.Seen, result.Finding.Verdict == Verdict.Pass ? Ink.Plain : ink);
    }

    public void End(Summary summary)
    {
        paper.Line();
        paper.Line(
            $"{summary.Passed} passed, {summary.Failed} failed, {summary.NotApplicable} not applicable, in {Spoken.Time(summary.Took)}."
        );
        foreach (var failed in summary.Of(Verdict.Fail))
        {
            paper.Line();
            paper.Paragraph($"  {failed.Rule.Name}", Margin, $"{Advice(failed.Rule)} Then look at it alone: --rule {failed.Rule.Name}.");
        }

        if (summary.NotApplicable > 0)
        {
            var missing = summary.Of(Verdict.NotApplicable).Select(result => result.Rule.Name);
            paper.Line();
            paper.Paragraph(
                "  n/a",
                Margin,
                $"{string.Join(", ", missing)}: each says above what is missing, and which option gives it.{(summary.Options.Strict ? " By --strict it counts as failed." : "")}"
            );
        }

        if (summary.Failed + summary.NotApplicable == 0)
        {
            paper.Line("Next: point the gateway at it, and kill it in the middle of a job (docs/backends.md, \"How to test it\").");
        }
    }

    public void Fail(string code, string message) => errors.WriteLine(message);

    public void List(IReadOnlyList<Rule> rules)
    {
        foreach (var rule in rules)
        {
            WriteRule($"{rule.Name, -21}{$"§{rule.Section}", -6}", rule, Ink.Plain);
        }
    }

    private void WriteRule(string head, Rule rule, Ink ink) => paper.Paragraph(head, Margin, rule.Text, ink);

    private static string Advice(Rule rule) =>
        rule.Section.Split('.') is ["8", var row]
            ? $"docs/backends.md, row {row} of \"The nine rules\", names the mistakes that break it."
            : "docs/backends.md, below \"The nine rules\", says what an event must have.";
}
