using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Jobs;

/// <summary>A place in all backends' lists, as a token: it needs no state here, and is good on every replica of the gateway.</summary>
/// <param name="Question">A hash of the question; the token is good for no other.</param>
/// <param name="Positions">The places of the backends that have more, by name.</param>
internal sealed record PageToken(string Question, IReadOnlyDictionary<string, ListPosition> Positions)
{
    /// <summary>The longest token, in characters. With more backends than fit, the request line would be too long for servers.</summary>
    public const int MaxLength = 6_000;

    private const int HashLength = 12;
    private const int ItemsPerBackend = 5;

    /// <summary>Hashes the question.</summary>
    public static string HashOf(IReadOnlyList<string> states, string text)
    {
        var question = string.Join(',', states.Order(StringComparer.Ordinal)) + '\n' + text;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question)))[..HashLength];
    }

    /// <summary>Reads a token that <see cref="ToString"/> has written.</summary>
    /// <returns>Null if it is none.</returns>
    public static PageToken? Parse(string token)
    {
        if (token.Length is 0 or > MaxLength)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(token), new JsonDocumentOptions { MaxDepth = 3 });
            var items = document.RootElement.EnumerateArray().ToList();
            var positions = items.Skip(1).ToDictionary(item => item[0].GetString()!, PositionIn, StringComparer.Ordinal);
            return new PageToken(items[0].GetString()!, positions);
        }
        catch (Exception e)
            when (e is FormatException or JsonException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The token.</summary>
    public override string ToString()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            json.WriteStringValue(Question);
            foreach (var (backend, position) in Positions)
            {
                json.WriteStartArray();
                json.WriteStringValue(backend);
                json.WriteStringValue(position.PageToken);
                if (position.Last is { } last)
                {
                    json.WriteNumberValue(last.Seconds);
                    json.WriteNumberValue(last.Nanos);
                    json.WriteNumberValue(position.Ties);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Base64Url.EncodeToString(bytes.ToArray());
    }

    private static ListPosition PositionIn(JsonElement item)
    {
        var token = item[1].GetString() is { Length: <= JobsMethods.MaxPageToken } text ? text : throw new FormatException();
        return item.GetArrayLength() == ItemsPerBackend
            ? new ListPosition(token, new WireTime(item[2].GetInt64(), item[3].GetInt32()), item[4].GetInt32())
            : new ListPosition(token);
    }
}
