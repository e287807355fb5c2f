using System.Security.Cryptography;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Security;

namespace OptimizationGateway.Gateway.Tests.Security;

/// <summary>Which settings about tokens stop the start, and in which words.</summary>
public sealed class JwtRulesTests : IDisposable
{
    private static readonly JwtOptions Whole = new()
    {
        Authority = "https://login.example.com/realm",
        Issuer = "https://login.example.com/realm",
        Audience = "gateway",
    };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-rules-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void What_is_whole_is_taken()
    {
        Assert.Empty(FaultsOf(new JwtOptions()));
        Assert.Empty(FaultsOf(Whole));
        Assert.Empty(FaultsOf(Whole with { Authority = "http://127.0.0.1:8081/realm" }));
        Assert.Empty(FaultsOf(Whole with { RequiredClaim = "scope", RequiredValue = "watch" }));
    }

    [Theory]
    [InlineData("http://login.example.com")]
    [InlineData("login.example.com")]
    [InlineData("ftp://login.example.com")]
    [InlineData("https://user:secret@login.example.com")]
    [InlineData("https://login.example.com/?a=b")]
    public void An_authority_that_others_could_stand_in_for_is_refused(string authority) =>
        Assert.Contains(
            "Gateway:Security:Jwt:Authority is",
            Assert.Single(FaultsOf(Whole with { Authority = authority })),
            StringComparison.Ordinal
        );

    [Fact]
    public void Issuer_and_audience_are_required()
    {
        Assert.Contains(
            "Gateway:Security:Jwt:Issuer is empty",
            Assert.Single(FaultsOf(Whole with { Issuer = "" })),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Gateway:Security:Jwt:Audience is empty",
            Assert.Single(FaultsOf(Whole with { Audience = "" })),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Settings_without_keys_are_no_protection_and_say_so()
    {
        var faults = FaultsOf(new JwtOptions { Issuer = "https://login.example.com", Audience = "gateway" });

        Assert.Contains("says nothing of keys", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_sources_of_keys_are_one_too_many() =>
        Assert.Contains(
            "several sources of keys",
            FaultsOf(Whole with { SecretFile = Write(new string('x', 32)) })[0],
            StringComparison.Ordinal
        );

    [Fact]
    public void Tokens_and_anonymous_callers_exclude_each_other()
    {
        var faults = new List<string>();
        JwtRules.Check(new SecurityOptions { AllowAnonymous = true, Jwt = Whole }, faults);

        Assert.Contains("Gateway:Security:AllowAnonymous", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scope", "")]
    [InlineData("", "watch")]
    public void A_required_claim_has_a_value(string claim, string value) =>
        Assert.Contains(
            "RequiredValue",
            Assert.Single(FaultsOf(Whole with { RequiredClaim = claim, RequiredValue = value })),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_secret_has_32_bytes()
    {
        JwtOptions With(string secret) => Whole with { Authority = "", SecretFile = Write(secret) };

        Assert.Contains("less than 32 bytes", Assert.Single(FaultsOf(With(new string('x', 31) + "\n"))), StringComparison.Ordinal);
        Assert.Empty(FaultsOf(With(new string('x', 32) + "\n")));
    }

    [Fact]
    public void A_key_file_has_public_keys_that_are_strong_enough()
    {
        using var rsa = RSA.Create(2048);
        using var weak = RSA.Create(1024);
        using var odd = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        string FaultOf(string text) => Assert.Single(FaultsOf(Whole with { Authority = "", PublicKeyFile = Write(text) }));

        Assert.Contains("no PEM", FaultOf("hello"), StringComparison.Ordinal);
        Assert.Contains("can't be used", FaultOf(weak.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("can't be used", FaultOf(rsa.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
        Assert.Contains("can't be used", FaultOf("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), StringComparison.Ordinal);
        Assert.Contains(
            "can't be read",
            Assert.Single(FaultsOf(Whole with { Authority = "", PublicKeyFile = "/nowhere" })),
            StringComparison.Ordinal
        );
        Assert.Empty(FaultsOf(Whole with { Authority = "", PublicKeyFile = Write(rsa.ExportSubjectPublicKeyInfoPem()) }));
    }

    [Theory]
    [InlineData("hello", "isn't a JWK set")]
    [InlineData("""{"keys":[]}""", "no key that can be used")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}""", "no key that can be used")]
    public void A_key_set_has_public_keys(string text, string says) =>
        Assert.Contains(says, Assert.Single(FaultsOf(Whole with { Authority = "", JwksFile = Write(text) })), StringComparison.Ordinal);

    [Theory]
    [InlineData("authorization", "ForwardAuthorization=true")]
    [InlineData("Connection", "can't be sent")]
    [InlineData("X Tenant", "can't be sent")]
    [InlineData("grpc-timeout", "can't be sent")]
    [InlineData("Sec-WebSocket-Protocol", "never handed on")]
    [InlineData("X-Forwarded-For", "never handed on")]
    [InlineData("Forwarded", "never handed on")]
    [InlineData("Proxy-Authorization", "never handed on")]
    [InlineData("trace-bin", "never handed on")]
    [InlineData("x-tenant, X-Api-Key", "Metadata:x-api-key is also forwarded")]
    public void Headers_that_are_the_gateway_s_or_a_hop_s_are_not_handed_on(string names, string says)
    {
        var faults = new List<string>();
        var options = new BackendOptions
        {
            Address = "http://127.0.0.1:1",
            ForwardHeaders = names,
            Metadata = { ["X-Api-Key"] = "secret" },
        };
        BackendRules.Check("Gateway:Backends:a", options, faults);

        Assert.Contains(says, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_backend_s_own_authorization_is_not_mixed_with_callers()
    {
        var faults = new List<string>();
        var options = new BackendOptions
        {
            Address = "http://127.0.0.1:1",
            ForwardAuthorization = true,
            Metadata = { ["Authorization"] = "secret" },
        };
        BackendRules.Check("Gateway:Backends:a", options, faults);

        Assert.Contains("Metadata:authorization is also forwarded", Assert.Single(faults), StringComparison.Ordinal);
    }

    private static List<string> FaultsOf(JwtOptions jwt)
    {
        var faults = new List<string>();
        JwtRules.Check(new SecurityOptions { Jwt = jwt }, faults);
        return faults;
    }

    private string Write(string text)
    {
        var path = Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text);
        return path;
    }
}
