namespace OptimizationGateway.Hosting.Text;

/// <summary>Makes foreign text safe for a log: one line, without terminal control characters.</summary>
public static class LogText
{
    /// <returns>The text with a question mark for each control character and line separator; the text itself if it has none.</returns>
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
