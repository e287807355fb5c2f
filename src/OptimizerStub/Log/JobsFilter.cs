using System.Buffers.Text;
using System.Globalization;
using System.Text;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>A place in the list of jobs: so many jobs of a time have been listed, and all newer ones.</summary>
/// <param name="UpdatedAt">The time, as records have it.</param>
/// <param name="Ties">The number of jobs of that time.</param>
internal sealed record ListPlace(string UpdatedAt, int Ties)
{
    private const char Separator = '|';

    /// <summary>Before all jobs: no time is later.</summary>
    public static readonly ListPlace Start = new("~", 0);

    /// <returns>Null if it is no token.</returns>
    public static ListPlace? Parse(string token)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(Separator);
            return parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ties)
                ? new ListPlace(parts[0], ties)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The token. It names no job.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{UpdatedAt}{Separator}{Ties}")));
}

/// <summary>The jobs to list.</summary>
/// <param name="States">The states; none: any.</param>
/// <param name="Text">The text in an id; empty: any job.</param>
/// <param name="After">The place to go on from.</param>
/// <param name="Limit">The most jobs.</param>
internal sealed record JobsFilter(IReadOnlyList<JobState> States, string Text, ListPlace After, int Limit);

/// <summary>A page of the list, those that changed last first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">The place behind them; null: there are no more.</param>
internal sealed record JobsPage(IReadOnlyList<JobRecord> Jobs, ListPlace? Next);
