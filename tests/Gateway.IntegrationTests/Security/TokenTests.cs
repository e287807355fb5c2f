using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>Which tokens come in, which don't, and what is said to those: PROTOCOL.md section 7, by real keys over real HTTP.</summary>
public sealed class TokenTests(TokenGateway shared) : IClassFixture<TokenGateway>
{
    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Tokens that are good, by name.</summary>
    private static readonly Dictionary<string, Func<TokenGateway, string>> Good = new(StringComparer.Ordinal)
    {
        ["RSA"] = s => JwtText.Make(s.Rsa),
        ["EC"] = s => JwtText.Make(s.Ec),
        ["without a kid"] = s => JwtText.Make(s.Ec, header: h => h.Remove("kid")),
        ["an audience among others"] = s => JwtText.Make(s.Rsa, c => c["aud"] = new JsonArray("another", JwtText.Audience)),
        ["exp with a fraction"] = s => JwtText.Make(s.Rsa, c => c["exp"] = Now + 100.5),
        ["exp in milliseconds, by mistake"] = s => JwtText.Make(s.Rsa, c => c["exp"] = (Now + 100) * 1000),
        ["nbf within the skew"] = s => JwtText.Make(s.Rsa, c => c["nbf"] = Now + 20),
        ["no nbf"] = s => JwtText.Make(s.Rsa, c => c.Remove("nbf")),
        ["16 KiB"] = s => OfLength(s, 16 * 1024),
    };

    /// <summary>Tokens that are refused, by name, and a part of what is said of them.</summary>
    private static readonly Dictionary<string, (Func<TokenGateway, string> Make, string Says)> Bad = new(StringComparer.Ordinal)
    {
        ["not yet valid"] = (s => JwtText.Make(s.Rsa, c => c["nbf"] = Now + 600), "isn't valid yet"),
        ["wrong audience"] = (s => JwtText.Make(s.Rsa, c => c["aud"] = "another"), "Gateway:Security:Jwt:Audience"),
        ["audience with a slash"] = (s => JwtText.Make(s.Rsa, c => c["aud"] = JwtText.Audience + "/"), "Gateway:Security:Jwt:Audience"),
        ["no audience"] = (s => JwtText.Make(s.Rsa, c => c.Remove("aud")), "Gateway:Security:Jwt:Audience"),
        ["wrong issuer"] = (s => JwtText.Make(s.Rsa, c => c["iss"] = "https://evil.test"), "Gateway:Security:Jwt:Issuer"),
        ["no issuer"] = (s => JwtText.Make(s.Rsa, c => c.Remove("iss")), "Gateway:Security:Jwt:Issuer"),
        ["no exp"] = (s => JwtText.Make(s.Rsa, c => c.Remove("exp")), "exp"),
        ["exp is a text"] = (s => JwtText.Make(s.Rsa, c => c["exp"] = "tomorrow"), "isn't a signed JSON Web Token"),
        ["exp is beyond all numbers"] = (s => JwtText.Make(s.Rsa, c => c["exp"] = 1e300), "isn't a signed JSON Web Token"),
        ["none"] = (s => JwtText.Make("none", s.Rsa.Id, _ => []), "algorithm"),
        ["None"] = (s => JwtText.Make("None", s.Rsa.Id, _ => []), "algorithm"),
        ["none without a kid"] = (_ => JwtText.Make("none", null, _ => []), "algorithm"),
        ["no signature"] = (s => JwtText.Make("RS256", s.Rsa.Id, _ => []), "signature"),
        ["HS256 by the RSA key's PEM"] = (s => Hmac(s.Rsa, Encoding.ASCII.GetBytes(s.Rsa.PublicPem)), "algorithm"),
        ["HS256 by the RSA key's modulus"] = (s => Hmac(s.Rsa, Encoding.ASCII.GetBytes((string)s.Rsa.ToJwk()["n"]!)), "algorithm"),
        ["an RSA algorithm with the EC key"] = (s => JwtText.Make("RS256", s.Ec.Id, s.Rsa.Sign), "algorithm"),
        ["ES512 with a P-256 key"] = (s => JwtText.Make("ES512", s.Ec.Id, s.Ec.Sign), "algorithm"),
        ["an algorithm that nobody knows"] = (s => JwtText.Make("XX999", s.Rsa.Id, s.Rsa.Sign), "algorithm"),
        ["another's key under our kid"] = (
            s =>
            {
                using var stranger = TestKey.Rsa();
                return JwtText.Make("RS256", s.Rsa.Id, stranger.Sign);
            },
            "signature"
        ),
        ["another's key, no kid"] = (
            _ =>
            {
                using var stranger = TestKey.Rsa();
                return JwtText.Make("RS256", null, stranger.Sign);
            },
            "signature"
        ),
        ["changed after it was signed"] = (s => Tampered(JwtText.Make(s.Rsa)), "signature"),
        ["crit"] = (s => JwtText.Make(s.Rsa, header: h => h["crit"] = new JsonArray("b64")), "crit"),
        ["crit without a value"] = (s => JwtText.Make(s.Rsa, header: h => h["crit"] = null), "crit"),
        ["zip"] = (s => JwtText.Make(s.Rsa, header: h => h["zip"] = "DEF"), "zip"),
        ["enc"] = (s => JwtText.Make(s.Rsa, header: h => h["enc"] = "A128GCM"), "enc"),
        ["b64 without crit"] = (s => JwtText.Make(s.Rsa, header: h => h["b64"] = false), "b64"),
        ["b64 that is true"] = (s => JwtText.Make(s.Rsa, header: h => h["b64"] = true), "b64"),
        ["a header with a name twice"] = (
            s => JwtText.Sign($$"""{"alg":"RS256","kid":"{{s.Rsa.Id}}","kid":"{{s.Rsa.Id}}"}""", ClaimsOf(JwtText.Make(s.Rsa)), s.Rsa.Sign),
            "isn't a signed JSON Web Token"
        ),
        ["claims with a name twice"] = (
            s =>
                JwtText.Sign(
                    $$"""{"alg":"RS256","kid":"{{s.Rsa.Id}}"}""",
                    "{\"sub\":\"root\"," + ClaimsOf(JwtText.Make(s.Rsa))[1..],
                    s.Rsa.Sign
                ),
            "isn't a signed JSON Web Token"
        ),
        ["16 KiB and one"] = (s => OfLength(s, (16 * 1024) + 1), "16384"),
        ["not a token"] = (_ => "letmein", "isn't a signed JSON Web Token"),
        ["two dots"] = (_ => "..", "isn't a signed JSON Web Token"),
        ["four dots"] = (_ => "a.b.c.d.e", "isn't a signed JSON Web Token"),
        ["a header that isn't JSON"] = (s => JwtText.Sign("{", "{}", s.Rsa.Sign), "isn't a signed JSON Web Token"),
        ["claims that aren't JSON"] = (
            s => JwtText.Sign($$"""{"alg":"RS256","kid":"{{s.Rsa.Id}}"}""", "[", s.Rsa.Sign),
            "isn't a signed JSON Web Token"
        ),
        ["claims that are a list"] = (
            s => JwtText.Sign($$"""{"alg":"RS256","kid":"{{s.Rsa.Id}}"}""", "[]", s.Rsa.Sign),
            "isn't a signed JSON Web Token"
        ),
    };

    public static TheoryData<string> GoodNames => [.. Good.Keys];

    public static TheoryData<string> BadNames => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(GoodNames))]
    public async Task A_good_token_comes_in_by_header_subprotocol_and_query(string name)
    {
        var token = Good[name](shared);

        await using var bySubprotocol = await TokenGateway.ConnectAsync(shared.Gateway, token);
        Assert.Single(await bySubprotocol.SettleAsync());
        Assert.Equal("optimization.v1", bySubprotocol.Subprotocol);

        await using var byHeader = await TestClient.ConnectAsync(
            shared.Gateway.SocketUrl,
            options => options.SetRequestHeader("Authorization", $"bearer {token}")
        );
        Assert.Single(await byHeader.SettleAsync());
        if (token.Length < 4096)
        {
            // A URL has 8 KiB of room.
            await using var byQuery = await TestClient.ConnectAsync(new Uri($"{shared.Gateway.SocketUrl}?access_token={token}"));
            Assert.Single(await byQuery.SettleAsync());
        }
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_token_is_refused_in_words_that_its_bearer_can_read(string name)
    {
        var (make, says) = Bad[name];
        var token = make(shared);

        var answer = await TokenGateway.AnswerAsync(shared.Gateway, token);
        Assert.NotNull(answer);
        Assert.Equal((401, "unauthorized"), (answer.Status, answer.Code));
        Assert.Contains(says, answer.Detail, StringComparison.Ordinal);
        Assert.Equal($"Bearer error=\"invalid_token\", error_description=\"{answer.Detail}\"", answer.Challenge);

        var (code, reason) = await TokenGateway.ClosedWithAsync(shared.Gateway, token);
        Assert.Equal(4501, code);
        Assert.Contains(says, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_token_is_told_to_come_back_with_a_fresh_one()
    {
        var token = JwtText.Make(shared.Rsa, c => c["exp"] = Now - 1);

        var answer = await TokenGateway.AnswerAsync(shared.Gateway, token);
        Assert.Equal((401, "token_expired"), (answer!.Status, answer.Code));
        Assert.StartsWith("Bearer error=\"invalid_token\"", answer.Challenge, StringComparison.Ordinal);
        Assert.Equal(4401, (await TokenGateway.ClosedWithAsync(shared.Gateway, token)).Code);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("")]
    public async Task A_program_without_a_token_gets_401(string authorization)
    {
        var answer = await TokenGateway.AnswerAsync(
            shared.Gateway,
            request => request.Headers.TryAddWithoutValidation("Authorization", authorization)
        );

        Assert.Equal((401, "token_missing", "Bearer"), (answer!.Status, answer.Code, answer.Challenge));
        Assert.Contains("bearer.<token>", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_without_a_token_is_told_so_by_a_close_frame_since_it_can_t_read_a_401()
    {
        await using var browser = await TestClient.ConnectAsync(
            shared.Gateway.SocketUrl,
            options => options.SetRequestHeader("Origin", shared.Gateway.HttpUrl.GetLeftPart(UriPartial.Authority))
        );
        await browser.ClosedAsync();

        Assert.Equal(4501, (int)browser.CloseStatus!.Value);
        Assert.Contains("asks for a token", browser.CloseReason, StringComparison.Ordinal);
        Assert.Empty(browser.Received);
    }

    [Fact]
    public async Task Whoever_is_refused_after_the_upgrade_is_served_nothing_even_if_it_was_quick_to_ask()
    {
        var calls = shared.Backend.Calls.Count;
        await using var client = await RawClient.ConnectAsync(shared.Gateway.HttpUrl);
        // The handshake and the first message in one write: the message is there before the session is.
        await client.SendAsync(
            (byte[])
                [
                    .. Encoding.ASCII.GetBytes(
                        $"GET /ws/optimization HTTP/1.1\r\nHost: {shared.Gateway.HttpUrl.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Sec-WebSocket-Protocol: optimization.v1, bearer.letmein\r\n\r\n"
                    ),
                    .. RawFrame.Message("""{"type":"subscribe","jobId":"job-1"}"""),
                ]
        );

        Assert.Equal(101, (await client.ReadHttpAsync()).Status);
        var frame = await client.ReadFrameAsync();
        Assert.Equal(8, frame!.Opcode);
        Assert.Equal(calls, shared.Backend.Calls.Count);
    }

    [Fact]
    public async Task The_header_counts_before_the_subprotocol_and_that_before_the_query()
    {
        var good = JwtText.Make(shared.Rsa);
        await using var client = await TestClient.ConnectAsync(
            new Uri($"{shared.Gateway.SocketUrl}?access_token=nonsense"),
            options =>
            {
                options.SetRequestHeader("Authorization", $"Bearer {good}");
                options.AddSubProtocol("optimization.v1");
                options.AddSubProtocol("bearer.nonsense");
            }
        );
        Assert.Single(await client.SettleAsync());

        await using var refused = await TestClient.ConnectAsync(
            new Uri($"{shared.Gateway.SocketUrl}?access_token={good}"),
            options =>
            {
                options.AddSubProtocol("optimization.v1");
                options.AddSubProtocol("bearer.nonsense");
            }
        );
        await refused.ClosedAsync();
        Assert.Equal(4501, (int)refused.CloseStatus!.Value);
    }

    [Theory]
    [InlineData("a%0d%0ab")]
    [InlineData("a%00b")]
    [InlineData("t%C3%B6ken")]
    [InlineData("")]
    [InlineData("a&access_token=b")]
    public async Task A_token_in_the_query_that_is_none_is_refused(string text)
    {
        var answer = await TokenGateway.AnswerAsync(shared.Gateway, _ => { }, $"?access_token={text}");

        Assert.Equal((401, "unauthorized"), (answer!.Status, answer.Code));
    }

    [Theory]
    [InlineData("Authorization: Bearer a\r\nAuthorization: Bearer b", 401)]
    [InlineData("Authorization: Bearer a, Bearer b", 401)]
    [InlineData("Authorization: Bearer", 401)]
    [InlineData("Authorization: Bearer a\r\n b", 400)]
    [InlineData("Authorization: Bearer a\rb", 400)]
    [InlineData("Authorization: Bearer a\0b", 400)]
    [InlineData("Authorization: Bearer t\u00f6ken", 401)]
    [InlineData("Sec-WebSocket-Protocol: bearer.abc", 400)]
    public async Task A_header_that_is_no_token_gets_an_answer(string header, int status)
    {
        await using var client = await RawClient.ConnectAsync(shared.Gateway.HttpUrl);
        await client.SendAsync(
            Encoding.UTF8.GetBytes(
                $"GET /ws/optimization HTTP/1.1\r\nHost: {shared.Gateway.HttpUrl.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{header}\r\n\r\n"
            )
        );

        Assert.Equal(status, (await client.ReadHttpAsync()).Status);
    }

    [Theory]
    [InlineData("optimization.v1", "bearer.a", "bearer.b")]
    [InlineData("optimization.v1", "bearer.")]
    public async Task Subprotocols_that_are_no_one_token_are_refused(params string[] subprotocols)
    {
        await using var client = await TestClient.ConnectAsync(
            shared.Gateway.SocketUrl,
            options => Array.ForEach(subprotocols, options.AddSubProtocol)
        );
        await client.ClosedAsync();

        Assert.Equal(4501, (int)client.CloseStatus!.Value);
    }

    /// <summary>A name in quotes is no subprotocol, so neither of the two was offered.</summary>
    [Theory]
    [InlineData("optimization.v1, \"bearer.{token}\"", 401)]
    [InlineData("\"optimization.v1\", \"bearer.{token}\"", 401)]
    [InlineData("optimization.v1, bearer.{token}", 101)]
    public async Task A_token_in_quotes_is_none(string offer, int status)
    {
        await using var client = await RawClient.ConnectAsync(shared.Gateway.HttpUrl);
        var protocols = offer.Replace("{token}", JwtText.Make(shared.Rsa), StringComparison.Ordinal);
        await client.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /ws/optimization HTTP/1.1\r\nHost: {shared.Gateway.HttpUrl.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + $"Sec-WebSocket-Protocol: {protocols}\r\n\r\n"
            )
        );

        Assert.Equal(status, (await client.ReadHttpAsync()).Status);
    }

    private static string ClaimsOf(string token) =>
        Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));

    private static string OfLength(TokenGateway s, int length)
    {
        // Three bytes of padding are four characters; what the division leaves is made up by the key's name.
        var without = JwtText.Make(s.Rsa, c => c["pad"] = "", h => h.Remove("kid")).Length;
        foreach (var extra in Enumerable.Range(0, 8))
        {
            var pad = ((length - without) * 3 / 4) - extra;
            var token = JwtText.Make(s.Rsa, c => c["pad"] = new string('x', pad), h => h.Remove("kid"));
            if (token.Length == length)
            {
                return token;
            }

            token = JwtText.Make(s.Rsa, c => c["pad"] = new string('x', pad), h => (h["typ"], _) = ("JWTx", h.Remove("kid")));
            if (token.Length == length)
            {
                return token;
            }
        }

        throw new InvalidOperationException($"No token has {length} characters.");
    }

    private static string Hmac(TestKey key, byte[] secret) => JwtText.Make("HS256", key.Id, text => HMACSHA256.HashData(secret, text));

    private static string Tampered(string token)
    {
        var parts = token.Split('.');
        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))!;
        claims["sub"] = "root";
        return $"{parts[0]}.{JwtText.Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{parts[2]}";
    }
}
