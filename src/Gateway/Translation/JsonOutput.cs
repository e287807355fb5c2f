using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes JSON as bytes: exactly those that <see cref="System.Text.Json.Utf8JsonWriter"/> writes, but without turning UTF-8 into strings on
/// the way. It checks nothing; its caller writes names and values in order.
/// </summary>
/// <param name="output">The destination buffer.</param>
/// <param name="limit">The most bytes to write. After that nothing more is written.</param>
internal ref struct JsonOutput(IBufferWriter<byte> output, long limit)
{
    private const int Chunk = 512;

    /// <summary>The longest number: a sign, 17 digits, a point and an exponent, or 19 digits and a sign.</summary>
    private const int MaxNumber = 32;

    /// <summary>One character that is escaped takes at most two sequences of six bytes.</summary>
    private const int MaxEscaped = 12;

    // The text goes into a WebSocket, never into HTML: letters stay letters.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly SearchValues<byte> Literal = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Where(c => c is not ('"' or '\\')).Select(c => (byte)c),
    ]);

    private Span<byte> free;
    private int used;
    private long left = limit;
    private bool isFirst;

    /// <summary>True if the limit was reached.</summary>
    public readonly bool IsFull => left < 0;

    public void BeginObject()
    {
        Put("{"u8);
        isFirst = true;
    }

    public void EndObject()
    {
        Put("}"u8);
        isFirst = false;
    }

    public void BeginArray()
    {
        Put("["u8);
        isFirst = true;
    }

    public void EndArray()
    {
        Put("]"u8);
        isFirst = false;
    }

    /// <summary>Begins the next item of an array.</summary>
    public void Item()
    {
        if (!isFirst)
        {
            Put(","u8);
        }

        isFirst = false;
    }

    /// <summary>Writes the name of a member.</summary>
    /// <param name="quoted">The name in quotes, escaped, with its colon.</param>
    public void Name(scoped ReadOnlySpan<byte> quoted)
    {
        Item();
        Put(quoted);
    }

    /// <summary>Writes the name of a member that isn't known before.</summary>
    public void AnyName(scoped ReadOnlySpan<byte> utf8)
    {
        Item();
        Text(utf8);
        Put(":"u8);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Put(scoped ReadOnlySpan<byte> json)
    {
        if (!Reserve(json.Length))
        {
            return;
        }

        json.CopyTo(free[used..]);
        used += json.Length;
    }

    /// <summary>Writes a string.</summary>
    /// <param name="utf8">Its text, valid UTF-8.</param>
    public void Text(scoped ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAnyExcept(Literal) || Encoder.FindFirstCharacterToEncodeUtf8(utf8) < 0)
        {
            if (Reserve(utf8.Length + 2))
            {
                free[used] = (byte)'"';
                utf8.CopyTo(free[(used + 1)..]);
                used += utf8.Length + 2;
                free[used - 1] = (byte)'"';
            }

            return;
        }

        Put("\""u8);
        while (!utf8.IsEmpty && Reserve(MaxEscaped))
        {
            Encoder.EncodeUtf8(utf8, free[used..], out var consumed, out var written, isFinalBlock: true);
            utf8 = utf8[consumed..];
            used += written;
        }

        Put("\""u8);
    }

    public void Number(long value)
    {
        if (Reserve(MaxNumber))
        {
            Utf8Formatter.TryFormat(value, free[used..], out var written);
            used += written;
        }
    }

    /// <summary>Writes a number; <c>null</c> for NaN and infinities, which JSON doesn't have.</summary>
    public void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            Put("null"u8);
        }
        else if (Reserve(MaxNumber))
        {
            Utf8Formatter.TryFormat(value, free[used..], out var written);
            used += written;
        }
    }

    /// <summary>Writes a timestamp as a string.</summary>
    public void Timestamp(DateTime instant)
    {
        if (Reserve(JsonTimestamp.Length))
        {
            JsonTimestamp.Write(instant, free.Slice(used, JsonTimestamp.Length));
            used += JsonTimestamp.Length;
        }
    }

    /// <summary>Gives the output the bytes that it doesn't have yet.</summary>
    /// <returns>False if the limit was reached: the text is cut.</returns>
    public bool Flush()
    {
        Advance();
        return !IsFull;
    }

    private bool Reserve(int bytes)
    {
        if (free.Length - used >= bytes)
        {
            return !IsFull;
        }

        Advance();
        if (IsFull)
        {
            return false;
        }

        free = output.GetSpan(Math.Max(bytes, Chunk));
        return true;
    }

    private void Advance()
    {
        left -= used;
        if (!IsFull)
        {
            output.Advance(used);
        }

        used = 0;
        free = default;
    }
}
