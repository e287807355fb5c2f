namespace OptimizationGateway.Conformance.Report;

/// <summary>The terminal or file that the table is printed to: its width, and its colours.</summary>
internal sealed class Paper(TextWriter output, int width, bool hasColours)
{
    private const int Narrowest = 60;
    private const int Widest = 120;

    public int Width { get; } = Math.Clamp(width, Narrowest, Widest);

    /// <summary>The terminal, or a file. https://no-color.org</summary>
    public static Paper Of(TextWriter output)
    {
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var wantsNone = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        return new Paper(output, isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : Widest, isTerminal && !wantsNone);
    }

    public void Line(string text = "") => output.WriteLine(text);

    /// <summary>A paragraph, each of its lines after the first behind a margin.</summary>
    public void Paragraph(string first, int margin, string text, Ink ink = Ink.Plain)
    {
        var line = new List<string>();
        var used = margin;
        var lead = first.PadRight(margin);
        foreach (var word in text.Split(' '))
        {
            if (line.Count > 0 && used + word.Length >= Width)
            {
                Print();
            }

            line.Add(word);
            used += word.Length + 1;
        }

        Print();

        void Print()
        {
            output.WriteLine($"{lead}{Dye(string.Join(' ', line), ink)}");
            line.Clear();
            (lead, used) = (new string(' ', margin), margin);
        }
    }

    public string Dye(string text, Ink ink) => hasColours && ink != Ink.Plain ? $"\u001b[{(int)ink}m{text}\u001b[0m" : text;
}
