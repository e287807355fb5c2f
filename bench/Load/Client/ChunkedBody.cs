using System.Globalization;

namespace OptimizationGateway.Load.Client;

/// <summary>Takes the sizes out of a body with <c>Transfer-Encoding: chunked</c> (RFC 9112, section 7.1) as it comes.</summary>
internal sealed class ChunkedBody
{
    /// <summary>What is left of a chunk, with the line break behind it; 0 while a size is read.</summary>
    private long left;
    private long size;

    /// <summary>Moves what isn't framing to the front.</summary>
    /// <returns>The number of bytes that are left.</returns>
    public int Strip(Span<byte> bytes)
    {
        var kept = 0;
        for (var at = 0; at < bytes.Length; )
        {
            if (left == 0)
            {
                ReadSize(bytes[at++]);
                continue;
            }

            var part = (int)Math.Min(left, bytes.Length - at);
            var content = (int)Math.Clamp(left - 2, 0, part);
            bytes.Slice(at, content).CopyTo(bytes[kept..]);
            kept += content;
            at += part;
            left -= part;
        }

        return kept;
    }

    private void ReadSize(byte next)
    {
        switch (next)
        {
            case (byte)'\r':
                break;
            case (byte)'\n':
                left = size + 2;
                size = 0;
                break;
            default:
                size = (size * 16) + int.Parse([(char)next], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                break;
        }
    }
}
