using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Testing.Tokens;

/// <summary>
/// Writes tokens by hand, right and wrong ones, and remembers them all: none may turn up in a log (<see cref="LogScan"/>).
/// </summary>
public static class JwtText
{
    public const string Issuer = "https://issuer.test";
    public const string Audience = "optimization-gateway";

    /// <summary>The settings that make a gateway take these tokens, beside where their keys are.</summary>
    public static readonly string[] Settings = [$"Gateway:Security:Jwt:Issuer={Issuer}", $"Gateway:Security:Jwt:Audience={Audience}"];

    private static readonly ConcurrentDictionary<string, byte> Made = new(StringComparer.Ordinal);

    /// <summary>What no log may have: the second and third part of each token. The first says nothing, and is the same for many.</summary>
    public static IEnumerable<string> Secrets => Made.Keys;

    /// <param name="key">Who signs it.</param>
    /// <param name="change">Changes its claims; by default it is valid for an hour.</param>
    /// <param name="header">Changes its header.</param>
    /// <param name="now">When it is made; now by default.</param>
    public static string Make(
        TestKey key,
        Action<JsonObject>? change = null,
        Action<JsonObject>? header = null,
        DateTimeOffset? now = null
    ) => Make(key.Algorithm, key.Id, key.Sign, change, header, now);

    public static string Make(
        string algorithm,
        string? keyId,
        Func<byte[], byte[]> sign,
        Action<JsonObject>? change = null,
        Action<JsonObject>? header = null,
        DateTimeOffset? now = null
    )
    {
        var made = (now ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (keyId is not null)
        {
            head["kid"] = keyId;
        }

        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = $"user-{Guid.NewGuid():N}",
            ["iat"] = made,
            ["nbf"] = made,
            ["exp"] = made + 3600,
        };
        header?.Invoke(head);
        change?.Invoke(claims);
        return Sign(head.ToJsonString(), claims.ToJsonString(), sign);
    }

    /// <summary>A token of exactly this header and these claims, whether or not they are JSON.</summary>
    public static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var body = Encode(Encoding.UTF8.GetBytes(claims));
        var text = $"{Encode(Encoding.UTF8.GetBytes(header))}.{body}";
        var signature = Encode(sign(Encoding.ASCII.GetBytes(text)));
        Remember(body);
        Remember(signature);
        return $"{text}.{signature}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static void Remember(string part)
    {
        if (part.Length > 8)
        {
            Made.TryAdd(part, 0);
        }
    }
}
