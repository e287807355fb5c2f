using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Backends;

/// <summary>What may stand in the settings of a backend. Every fault names the setting by its path.</summary>
public sealed class BackendRulesTests
{
    private const string Path = "Gateway:Backends:x";

    public static TheoryData<string> Settings =>
        [
            .. typeof(BackendOptions).GetProperties().Select(property => property.Name).Where(name => name != nameof(BackendOptions.Tls)),
            .. typeof(TlsOptions).GetProperties().Select(property => $"Tls:{property.Name}"),
        ];

    [Theory]
    [InlineData("http://10.0.0.1:5001")]
    [InlineData("https://optimizer.internal")]
    [InlineData("dns:///optimizer.internal:5001")]
    [InlineData("dns:///localhost:1")]
    [InlineData("dns:///[::1]:65535")]
    public void An_address_is_a_URL_or_a_name_with_a_port(string address) => Assert.Empty(Faults(new() { Address = address }));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("ftp://host")]
    [InlineData("dns:///optimizer.internal")]
    [InlineData("dns:///optimizer.internal:0")]
    [InlineData("dns:///optimizer.internal:65536")]
    [InlineData("dns:///optimizer.internal:http")]
    [InlineData("dns:///:5001")]
    [InlineData("dns:///a/b:5001")]
    [InlineData("dns://8.8.8.8/optimizer.internal:5001")]
    [InlineData("dns:optimizer.internal?x:5001")]
    public void Any_other_address_is_refused(string address) =>
        Assert.StartsWith($"{Path}:Address is '{address}'; it must be", Assert.Single(Faults(new() { Address = address })));

    [Fact]
    public void A_list_of_replicas_has_URLs_of_one_scheme_each_once()
    {
        Assert.Empty(Faults(new() { Addresses = "http://a:1, http://b:1" }));
        Refused(new() { Addresses = "http://a:1,b:1" }, ":Addresses has 'b:1'");
        Refused(new() { Addresses = "http://a:1," }, ":Addresses has ''");
        Refused(new() { Addresses = "http://a:1,dns:///b:1" }, ":Addresses has 'dns:///b:1'");
        Refused(new() { Addresses = "http://a:1,https://b:1" }, ":Addresses has http:// and https:// URLs");
        Refused(new() { Addresses = "http://a:1,http://A:1/" }, ":Addresses names a replica twice");
        Refused(new() { Address = "http://a:1", Addresses = "http://b:1" }, ":Address and Gateway:Backends:x:Addresses are both set");
    }

    [Fact]
    public void TLS_is_said_by_the_scheme_and_of_a_name_by_a_setting()
    {
        Assert.False(Parsed(new() { Address = "dns:///a:1" }).IsTls);
        Assert.True(
            Parsed(
                new()
                {
                    Address = "dns:///a:1",
                    Tls = new() { Enabled = true },
                }
            ).IsTls
        );
        Assert.True(Parsed(new() { Address = "https://a:1" }).IsTls);
        Refused(
            new()
            {
                Address = "https://a:1",
                Tls = new() { Enabled = false },
            },
            ":Tls:Enabled is False"
        );
        Refused(
            new()
            {
                Address = "http://a:1",
                Tls = new() { Enabled = true },
            },
            ":Tls:Enabled is True"
        );
        Refused(
            new()
            {
                Address = "http://a:1",
                Tls = new() { ServerName = "b" },
            },
            ":Tls:ServerName is set, but"
        );
        Refused(
            new()
            {
                Address = "dns:///a:1",
                Tls = new() { ServerName = "b" },
            },
            "set Gateway:Backends:x:Tls:Enabled=true"
        );
        Refused(
            new()
            {
                Address = "https://a:1",
                Tls = new() { ServerName = "b:1/" },
            },
            ":Tls:ServerName is 'b:1/'"
        );
    }

    [Fact]
    public void Certificates_are_PEM_files_that_fit()
    {
        using var authority = new TestAuthority();
        var own = authority.Issue("gateway.test");
        var other = authority.Issue("gateway.test");
        var good = new TlsOptions
        {
            CertificateAuthority = authority.RootFile,
            ClientCertificate = own.File,
            ClientKey = own.KeyFile,
        };

        Assert.Empty(Faults(Over(good)));
        Refused(Over(good with { CertificateAuthority = "/no/such" }), ":Tls:CertificateAuthority is '/no/such', which can't be read");
        Refused(Over(good with { CertificateAuthority = own.KeyFile }), ":Tls:CertificateAuthority is '");
        Refused(Over(good with { ClientCertificate = own.KeyFile }), ":Tls:ClientCertificate is '");
        Refused(Over(good with { ClientKey = other.KeyFile }), ":Tls:ClientKey is '");
        Refused(Over(good with { ClientKey = own.File }), ":Tls:ClientKey is '");
        Refused(Over(good with { ClientKey = "" }), ":Tls:ClientCertificate and Gateway:Backends:x:Tls:ClientKey go together");

        static BackendOptions Over(TlsOptions tls) => new() { Address = "https://a:1", Tls = tls };
    }

    [Theory]
    [InlineData("x-key", "any printable text: ~!")]
    [InlineData("X-Key", "upper case is written in lower case")]
    [InlineData("authorization", "Bearer abc")]
    [InlineData("x_1.a-bin", "AAEC")]
    [InlineData("x-empty", "")]
    public void Metadata_is_what_gRPC_can_carry(string key, string value) => Assert.Empty(Faults(With(key, value)));

    [Theory]
    [InlineData("x key", "s3cret", "a key is made of")]
    [InlineData("x:key", "s3cret", "a key is made of")]
    [InlineData("schlüssel", "s3cret", "a key is made of")]
    [InlineData("grpc-timeout", "s3cret", "set by HTTP/2, gRPC or the gateway")]
    [InlineData("Content-Type", "s3cret", "set by HTTP/2, gRPC or the gateway")]
    [InlineData("traceparent", "s3cret", "set by HTTP/2, gRPC or the gateway")]
    [InlineData("te", "s3cret", "set by HTTP/2, gRPC or the gateway")]
    [InlineData("x-key", "s3cret\n", "printable ASCII")]
    [InlineData("x-key", " s3cret", "printable ASCII")]
    [InlineData("x-key", "s3crét", "printable ASCII")]
    [InlineData("x-bin", "s3cret", "base64")]
    public void Metadata_that_gRPC_can_not_carry_is_refused_and_its_value_not_told(string key, string value, string why)
    {
        var fault = Assert.Single(Faults(With(key, value)));

        Assert.StartsWith($"{Path}:Metadata:{key} ", fault);
        Assert.Contains(why, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr", fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Each_has_a_row_in_the_documents(string name) =>
        Assert.Matches($@"\n\| `{name}(:<key>)?` \| ", File.ReadAllText(RepositoryRoot.Combine("docs", "settings.md")));

    private static BackendOptions With(string key, string value) =>
        new()
        {
            Address = "http://a:1",
            Metadata = new() { [key] = value },
        };

    private static BackendAddress Parsed(BackendOptions options) => BackendAddress.Parse(Path, options, [])!;

    private static void Refused(BackendOptions options, string fault) =>
        Assert.Contains(Faults(options), said => said.Contains(fault, StringComparison.Ordinal));

    private static List<string> Faults(BackendOptions options)
    {
        var faults = new List<string>();
        BackendRules.Check(Path, options, faults);
        return faults;
    }
}
