using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>
/// Writes JSON as bytes: exactly those that <see cref="System.Text.Json.Utf8JsonWriter"/> writes, but without turning UTF-8 into strings on
/// the way. Its caller writes names and values in order, and looks at <see cref="Fault"/> at the end.
/// </summary>
/// <param name="space">The destination. After the first piece that doesn't fit nothing more is written.</param>
/// <param name="isChecked">True if the event is known to be readable in one pass, so that nobody needs to look at keys again.</param>
internal ref struct JsonOutput(Span<byte> space, bool isChecked)
{
    /// <summary>Four decimals. .NET writes numbers below 0.0001 with an exponent.</summary>
    private const long Scale = 10_000;

    /// <summary>The first number of 16 digits.</summary>
    private const double MaxScaled = 1e15;

    // The text goes into a WebSocket, never into HTML: letters stay letters.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly SearchValues<byte> Literal = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Where(c => c is not ('"' or '\\')).Select(c => (byte)c),
    ]);

    private Span<byte> space = space;
    private TranslationFault? refusal;
    private bool isFull;

    public readonly bool IsChecked => isChecked;

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The first reason that was found against the event; null if all was written.</summary>
    public readonly TranslationFault? Fault => refusal ?? (isFull ? TranslationFault.JsonTooLarge : null);

    /// <summary>Notes a reason that the event can't be shown for. What is written afterwards doesn't matter.</summary>
    public void Refuse(TranslationFault reason) => refusal ??= reason;

    /// <summary>Takes back what was written after this length.</summary>
    public void TakeBack(int length) => Length = length;

    /// <summary>Writes bytes as they are.</summary>
    public void Put(scoped ReadOnlySpan<byte> json)
    {
        if (json.TryCopyTo(space[Length..]))
        {
            Length += json.Length;
        }
        else
        {
            End();
        }
    }

    /// <summary>Separates a member or an item from the one before it, if there is one.</summary>
    public void Separate()
    {
        if (Length > 0 && space[Length - 1] is not ((byte)'{' or (byte)'['))
        {
            Put(","u8);
        }
    }

    /// <summary>Writes a string.</summary>
    /// <param name="utf8">The string in UTF-8. If it isn't valid, the event can't be read.</param>
    public void Text(scoped ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAnyExcept(Literal))
        {
            Quote(utf8);
        }
        else if (!Utf8.IsValid(utf8))
        {
            Refuse(TranslationFault.Unreadable);
        }
        else if (Encoder.FindFirstCharacterToEncodeUtf8(utf8) < 0)
        {
            Quote(utf8);
        }
        else
        {
            Escape(utf8);
        }
    }

    public void Number(long value)
    {
        if (Utf8Formatter.TryFormat(value, space[Length..], out var written))
        {
            Length += written;
        }
        else
        {
            End();
        }
    }

    /// <summary>Writes a number; <c>null</c> for NaN and infinities, which JSON doesn't have.</summary>
    public void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            Put("null"u8);
        }
        else if (TryNumber(value))
        {
            return;
        }
        else if (Utf8Formatter.TryFormat(value, space[Length..], out var written))
        {
            Length += written;
        }
        else
        {
            End();
        }
    }

    /// <summary>
    /// Writes a number of at most four decimals and 15 digits, without the library's search for the shortest digits. No other number of so
    /// few digits is the same <see cref="double"/>, so its digits are the shortest ones.
    /// </summary>
    private bool TryNumber(double value)
    {
        var scaled = Math.Round(value * Scale);
        if (Math.Abs(scaled) >= MaxScaled || scaled / Scale != value || (value == 0 && double.IsNegative(value)))
        {
            return false;
        }

        var (whole, rest) = Math.DivRem(Math.Abs((long)scaled), Scale);
        if (value < 0)
        {
            Put("-"u8);
        }

        Number(whole);
        if (rest > 0)
        {
            ReadOnlySpan<byte> decimals = [(byte)'.', Digit(rest / 1000), Digit(rest / 100), Digit(rest / 10), Digit(rest)];
            Put(decimals.TrimEnd((byte)'0'));
        }

        return true;
    }

    private static byte Digit(long number) => (byte)('0' + (number % 10));

    private void Quote(scoped ReadOnlySpan<byte> utf8)
    {
        var free = space[Length..];
        if (free.Length < utf8.Length + 2)
        {
            End();
            return;
        }

        free[0] = (byte)'"';
        utf8.CopyTo(free[1..]);
        free[utf8.Length + 1] = (byte)'"';
        Length += utf8.Length + 2;
    }

    private void Escape(scoped ReadOnlySpan<byte> utf8)
    {
        Put("\""u8);
        if (Encoder.EncodeUtf8(utf8, space[Length..], out _, out var written) == OperationStatus.Done)
        {
            Length += written;
        }
        else
        {
            End();
        }

        Put("\""u8);
    }

    private void End()
    {
        isFull = true;
        space = space[..Length];
    }
}
