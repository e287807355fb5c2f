using CsCheck;
using OptimizationGateway.Hosting.Tokens;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Hosting.Tests.Tokens;

/// <summary>Whatever a stranger makes up is judged, and never thrown about; and nothing but a token of ours is believed.</summary>
public sealed class TokenCheckTests : IDisposable
{
    private const string PlainHeader = """{"alg":"ES256","typ":"JWT"}""";

    private static readonly string PlainClaims = $$"""{"iss":"{{JwtText.Issuer}}","aud":"{{JwtText.Audience}}","exp":4102444800}""";

    /// <summary>What JSON can hold in a place where a text or a number is expected.</summary>
    private static readonly Gen<string> Json = Gen.OneOf(
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "-0.0",
        "9223372036854775808",
        "253402300800",
        "\"\"",
        "\"ES256\"",
        "\"none\"",
        "\"HS256\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "[]",
        "[1,null,\"a\",[]]",
        "{}",
        "{\"a\":{\"b\":[]}}",
        "x",
        ""
    );

    private readonly TestKey key = TestKey.Ec();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("hosting-token-");
    private readonly TokenCheck check;

    public TokenCheckTests()
    {
        var file = Path.Combine(folder.FullName, "key.pem");
        File.WriteAllText(file, key.PublicPem);
        var options = new SomeOptions
        {
            PublicKeyFile = file,
            Issuer = JwtText.Issuer,
            Audience = JwtText.Audience,
        };
        check = new TokenCheck(options, KeyFile.Read(options), TimeProvider.System);
    }

    public void Dispose()
    {
        key.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_token_that_the_others_are_made_from_is_taken()
    {
        var (claims, fault) = await check.CheckAsync(JwtText.Sign(PlainHeader, PlainClaims, key.Sign), CancellationToken.None);

        Assert.Null(fault);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(4102444800), claims?.Expires);
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData(" ")]
    [InlineData("\n")]
    public async Task A_token_with_padding_is_refused(string padding)
    {
        var (claims, fault) = await check.CheckAsync(JwtText.Sign(PlainHeader, PlainClaims, key.Sign) + padding, CancellationToken.None);

        Assert.Null(claims);
        Assert.Equal(TokenFault.Malformed, fault);
    }

    [Fact]
    public Task A_genuine_header_with_anything_in_any_place_is_judged() =>
        Gen.Select(Gen.OneOf("alg", "kid", "typ", "cty", "crit", "zip", "x5t", "x5c", "jku", "jwk", "enc", "b64"), Json)
            .SampleAsync(async (name, value) => await JudgeAsync(PlainHeader[..^1] + $",\"{name}\":{value}}}", PlainClaims), iter: 400);

    [Fact]
    public Task Genuine_claims_with_anything_in_any_place_are_judged() =>
        Gen.Select(Gen.OneOf("iss", "aud", "exp", "nbf", "iat", "sub", "jti", "scope", "actort"), Json)
            .SampleAsync(async (name, value) => await JudgeAsync(PlainHeader, PlainClaims[..^1] + $",\"{name}\":{value}}}"), iter: 400);

    [Fact]
    public Task A_genuine_header_over_claims_that_are_no_object_is_refused() =>
        Json.SampleAsync(
            async claims =>
            {
                var (read, fault) = await check.CheckAsync(JwtText.Sign(PlainHeader, claims, key.Sign), CancellationToken.None);
                Assert.Null(read);
                Assert.NotNull(fault);
            },
            iter: 60
        );

    [Fact]
    public Task A_changed_token_is_believed_by_nobody()
    {
        var token = JwtText.Sign(PlainHeader, PlainClaims, key.Sign);
        return Gen.Select(Gen.Int[0, token.Length - 1], Gen.Char["-._=~+/ \"AZaz09é\u0000"], Gen.Int[0, 2])
            .SampleAsync(
                async (at, with, how) =>
                {
                    var changed = how switch
                    {
                        0 => token[..at] + with + token[(at + 1)..],
                        1 => token[..at] + with + token[at..],
                        _ => token[..at],
                    };
                    var (claims, _) = await check.CheckAsync(changed, CancellationToken.None);
                    Assert.True(claims is null || changed == token, $"believed {changed}");
                },
                iter: 2000
            );
    }

    /// <summary>Exactly one of the two comes back, whatever was signed; a fault that isn't one would be an exception.</summary>
    private async Task JudgeAsync(string header, string claims)
    {
        var (read, fault) = await check.CheckAsync(JwtText.Sign(header, claims, key.Sign), CancellationToken.None);
        Assert.True(read is null != fault is null, $"{header} {claims}: {fault}");
    }

    private sealed record SomeOptions : TokenOptions
    {
        public override string Section => "Some:Tokens";
    }
}
