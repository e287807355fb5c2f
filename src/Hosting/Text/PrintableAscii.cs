using System.Buffers;

namespace OptimizationGateway.Hosting.Text;

/// <summary>The characters from blank to tilde: what a header's value can carry (gRPC over HTTP/2, ASCII-Value).</summary>
public static class PrintableAscii
{
    private static readonly SearchValues<char> Characters = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c),
    ]);

    /// <summary>Returns true if the text has no other characters.</summary>
    public static bool IsAll(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Characters);
}
