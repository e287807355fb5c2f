using System.Globalization;

namespace OptimizationGateway.Load;

/// <summary>The kinds of load jobs.</summary>
internal enum JobKind
{
    /// <summary>A job whose events happen as fast as its first stream takes them.</summary>
    Live,

    /// <summary>A job that has happened, and is silent now.</summary>
    History,

    /// <summary>A job with a number of events a second; 0 for a silent one.</summary>
    Rate,
}

/// <summary>A job's name says what the job does: <c>&lt;kind&gt;-&lt;number&gt;-&lt;shape&gt;-&lt;tag&gt;</c>, such as <c>live-500000-usual-a1</c>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Number">The number of events, or of events a second.</param>
/// <param name="Shape">
/// The content of its events: <c>plain</c> (no details), <c>usual</c> (three members of details, 267 bytes of JSON), <c>2k</c> or <c>100k</c>.
/// </param>
internal sealed record JobName(JobKind Kind, int Number, string Shape)
{
    public static readonly string[] Shapes = ["plain", "usual", "2k", "100k"];

    public static JobName? Parse(string name)
    {
        var parts = name.Split('-');
        var isName = parts.Length == 4 && Shapes.Contains(parts[2]) && Enum.TryParse<JobKind>(parts[0], ignoreCase: true, out _);
        return isName && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new JobName(Enum.Parse<JobKind>(parts[0], ignoreCase: true), number, parts[2])
            : null;
    }
}
