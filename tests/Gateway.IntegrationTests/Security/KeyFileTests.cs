using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Gateway.IntegrationTests.Security;

/// <summary>Keys in files, for setups without a provider.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly KeyFolder keys = new();

    public void Dispose() => keys.Dispose();

    [Theory]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task Each_algorithm_goes_with_its_key(string algorithm)
    {
        using var key = algorithm.StartsWith("ES", StringComparison.Ordinal) ? TestKey.Ec(algorithm) : TestKey.CommonRsa(3072, algorithm);

        // A token may name its key by another name than ours has: a PEM file has none.
        await AssertComesInAsync($"Gateway:Security:Jwt:PublicKeyFile={keys.Write(key.PublicPem)}", JwtText.Make(key));
        await AssertComesInAsync($"Gateway:Security:Jwt:JwksFile={keys.Write(TestKey.ToJwks(key).ToJsonString())}", JwtText.Make(key));
    }

    [Fact]
    public async Task A_file_may_have_several_keys_and_certificates()
    {
        using var certified = RSA.Create(2048);
        var request = new CertificateRequest("CN=issuer", certified, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var setting =
            $"Gateway:Security:Jwt:PublicKeyFile={keys.Write($"{keys.Ec.PublicPem}\n{certificate.ExportCertificatePem()}\n{certified.ExportRSAPublicKeyPem()}")}";

        await AssertComesInAsync(setting, JwtText.Make(keys.Ec));
        await AssertComesInAsync(
            setting,
            JwtText.Make("RS256", "some-name", text => certified.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        );
        await AssertRefusedAsync(setting, JwtText.Make(keys.Rsa), "signature");
    }

    [Fact]
    public async Task A_secret_counts_where_it_was_asked_for_and_then_nothing_else_does()
    {
        var secret = RandomNumberGenerator.GetHexString(32);
        var setting = $"Gateway:Security:Jwt:SecretFile={keys.Write($"{secret}\n")}";
        string Hmac(string by) => JwtText.Make("HS256", null, text => HMACSHA256.HashData(Encoding.ASCII.GetBytes(by), text));

        await AssertComesInAsync(setting, Hmac(secret));
        await AssertRefusedAsync(setting, Hmac(secret[..31] + "x"), "signature");
        await AssertRefusedAsync(setting, JwtText.Make(keys.Rsa), "algorithm");
    }

    [Theory]
    [InlineData("HS256", 32, null)]
    [InlineData("HS384", 48, null)]
    [InlineData("HS512", 64, null)]
    [InlineData("HS384", 47, "algorithm")]
    [InlineData("HS512", 63, "algorithm")]
    public async Task An_algorithm_goes_with_a_secret_as_long_as_its_hash(string algorithm, int bytes, string? fault)
    {
        var secret = Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(bytes));
        var setting = $"Gateway:Security:Jwt:SecretFile={keys.Write(Encoding.ASCII.GetString(secret))}";
        var token = JwtText.Make(
            algorithm,
            null,
            text =>
                algorithm switch
                {
                    "HS256" => HMACSHA256.HashData(secret, text),
                    "HS384" => HMACSHA384.HashData(secret, text),
                    _ => HMACSHA512.HashData(secret, text),
                }
        );

        await (fault is null ? AssertComesInAsync(setting, token) : AssertRefusedAsync(setting, token, fault));
    }

    [Fact]
    public async Task Refusals_are_counted_by_their_code_whichever_way_they_were_told()
    {
        await using var gateway = await StartAsync(keys.PemSetting);
        using var refusals = new MetricCollector<long>(
            gateway.Services.GetRequiredService<IMeterFactory>(),
            GatewayMetrics.MeterName,
            "gateway.connections.refused"
        );
        await TokenGateway.AnswerAsync(gateway, "nonsense");
        await TokenGateway.ClosedWithAsync(gateway, "nonsense");
        await TokenGateway.AnswerAsync(gateway, _ => { });
        await TokenGateway.AnswerAsync(gateway, JwtText.Make(keys.Ec, c => c["exp"] = 1));

        Assert.Equal(
            ["unauthorized", "unauthorized", "token_missing", "token_expired"],
            refusals.GetMeasurementSnapshot().Select(refusal => (string?)refusal.Tags["reason"])
        );
    }

    [Fact]
    public async Task A_public_key_in_a_file_is_no_secret_for_HMAC_either()
    {
        byte[][] guesses =
        [
            Encoding.ASCII.GetBytes(keys.Rsa.PublicPem),
            Encoding.ASCII.GetBytes(keys.Rsa.PublicPem + "\n"),
            Encoding.ASCII.GetBytes($"{keys.Rsa.PublicPem}\n{keys.Ec.PublicPem}\n"),
        ];
        foreach (var guess in guesses)
        {
            await AssertRefusedAsync(keys.PemSetting, JwtText.Make("HS256", null, text => HMACSHA256.HashData(guess, text)), "algorithm");
        }
    }

    private static async Task AssertComesInAsync(string setting, string token)
    {
        await using var gateway = await StartAsync(setting);
        await using var client = await TokenGateway.ConnectAsync(gateway, token);
        Assert.Single(await client.SettleAsync());
    }

    private static async Task AssertRefusedAsync(string setting, string token, string says)
    {
        await using var gateway = await StartAsync(setting);
        Assert.Contains(says, (await TokenGateway.AnswerAsync(gateway, token))!.Detail, StringComparison.Ordinal);
    }

    private static Task<TestGateway> StartAsync(string setting) =>
        TestGateway.StartAsync(new Uri("http://127.0.0.1:1"), time: null, [setting, .. JwtText.Settings]);
}
