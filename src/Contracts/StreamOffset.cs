using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OptimizationGateway.Contracts;

/// <summary>
/// A position in a job's log as a token of the Durable Streams protocol: an event id and the epoch that it belongs to. Of one log, tokens
/// sort as ids do.
/// </summary>
/// <param name="EventId">The id of the last event before the position; 0 for the beginning.</param>
/// <param name="Epoch">The log's epoch; empty if the backend doesn't say.</param>
public sealed record StreamOffset(long EventId, string Epoch)
{
    /// <summary>The token for the beginning.</summary>
    public const string Beginning = "-1";

    /// <summary>The token for what happens from now on.</summary>
    public const string Now = "now";

    /// <summary>The digits of an event id: those of 2^53−1.</summary>
    private const int IdLength = 16;

    private const char Separator = '_';

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a token that <see cref="ToString"/> has written.</summary>
    /// <param name="token">The token.</param>
    /// <returns>Null if it is none.</returns>
    public static StreamOffset? Parse(string token)
    {
        if (token.Length <= IdLength || token[IdLength] != Separator || token.AsSpan(0, IdLength).ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        try
        {
            var id = long.Parse(token.AsSpan(0, IdLength), NumberStyles.None, CultureInfo.InvariantCulture);
            var offset = new StreamOffset(id, Strict.GetString(Base64Url.DecodeFromChars(token.AsSpan(IdLength + 1))));

            // One position has one token.
            return id <= EventIds.Max && offset.ToString() == token ? offset : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The token.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{EventId:D16}{Separator}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Epoch))}");
}
