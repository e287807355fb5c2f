namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>Text of strangers as a log can show it: on one line, and with nothing that a terminal would obey.</summary>
internal static class LogText
{
    /// <returns>The text with a question mark for each control character and line separator; the text itself where it has none.</returns>
    public static string OneLine(string text) =>
        text.Any(IsBreaking) ? string.Create(text.Length, text, static (line, text) => Fill(line, text)) : text;

    private static void Fill(Span<char> line, string text)
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = IsBreaking(text[i]) ? '?' : text[i];
        }
    }

    private static bool IsBreaking(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
