using Microsoft.Extensions.Logging.Testing;

namespace OptimizationGateway.Testing.Tokens;

/// <summary>What no log line may have, whatever the level: a token that a test has made, or a control character or a line separator.</summary>
public static class LogScan
{
    /// <returns>A sentence for each line that has such a thing.</returns>
    public static IEnumerable<string> FaultsOf(IReadOnlyList<FakeLogRecord> records)
    {
        var texts = records.Select(record => $"{record.Message} {record.Exception}").ToList();
        var secrets = JwtText.Secrets.Where(secret => texts.Exists(text => text.Contains(secret, StringComparison.Ordinal)));
        return
        [
            .. secrets.Select(secret =>
                $"A log line has a token in it: {texts.Find(text => text.Contains(secret, StringComparison.Ordinal))}"
            ),
            .. records
                .Where(record => record.Message.Any(BreaksLine))
                .Select(record => $"A log line of {record.Category} has a control character in it: {record.Message}"),
        ];
    }

    private static bool BreaksLine(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
