namespace OptimizationGateway.Testing.Tokens;

/// <summary>Keys in files, as a small setup has them.</summary>
public sealed class KeyFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-keys-");

    public TestKey Rsa { get; } = TestKey.CommonRsa();

    public TestKey Ec { get; } = TestKey.Ec();

    /// <summary>The setting that names a PEM file with both public keys.</summary>
    public string PemSetting => $"Gateway:Security:Jwt:PublicKeyFile={Write($"{Rsa.PublicPem}\n{Ec.PublicPem}\n")}";

    /// <summary>The setting that names a JWK set with both public keys.</summary>
    public string JwksSetting => $"Gateway:Security:Jwt:JwksFile={Write(TestKey.ToJwks(Rsa, Ec).ToJsonString())}";

    /// <returns>The path of a new file with this text.</returns>
    public string Write(string text)
    {
        var path = Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        Rsa.Dispose();
        Ec.Dispose();
        folder.Delete(recursive: true);
    }
}
