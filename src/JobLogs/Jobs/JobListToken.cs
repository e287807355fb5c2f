using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OptimizationGateway.JobLogs.Jobs;

/// <summary>Places in the list of jobs as tokens, which name no job and are good on every replica.</summary>
internal static class JobListToken
{
    private const char Separator = '|';

    public static string Write(JobListPlace place) =>
        Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{place.UpdateTime.UtcTicks}{Separator}{place.Ties}"))
        );

    /// <returns>Null if it is no token.</returns>
    public static JobListPlace? Read(string token)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(Separator);
            return
                parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                && ticks <= DateTime.MaxValue.Ticks
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ties)
                ? new JobListPlace(new DateTimeOffset(ticks, TimeSpan.Zero), ties)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
