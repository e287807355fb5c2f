using Microsoft.IdentityModel.Tokens;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>Keys from a file, for setups without an authority. The file is read once, at the start.</summary>
public sealed class KeyFile : ISigningKeys
{
    private readonly IReadOnlyList<SecurityKey> keys;

    private KeyFile(IReadOnlyList<SecurityKey> keys) => this.keys = keys;

    public Task<IReadOnlyList<SecurityKey>?> GetAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<SecurityKey>?>(keys);

    public Task<IReadOnlyList<SecurityKey>?> RefreshAsync(CancellationToken cancel) => GetAsync(cancel);

    /// <returns>The keys; none if the settings name no file.</returns>
    /// <exception cref="StartRefusedException">The file can't be used.</exception>
    public static KeyFile Read(TokenOptions options)
    {
        var faults = new List<string>();
        var file = options.IsOn ? Read(options, faults) : new KeyFile([]);
        return file ?? throw new StartRefusedException(string.Join("; ", faults));
    }

    /// <param name="options">The settings, which name one of the files.</param>
    /// <param name="faults">Receives a sentence if the file can't be used.</param>
    public static KeyFile? Read(TokenOptions options, ICollection<string> faults)
    {
        var (setting, file, parse) =
            options.PublicKeyFile.Length > 0
                ? (nameof(options.PublicKeyFile), options.PublicKeyFile, (Func<byte[], IReadOnlyList<SecurityKey>>)KeyFormats.ParsePem)
            : options.JwksFile.Length > 0 ? (nameof(options.JwksFile), options.JwksFile, KeyFormats.ParseJwks)
            : (nameof(options.SecretFile), options.SecretFile, KeyFormats.ParseSecret);
        try
        {
            return new KeyFile(parse(File.ReadAllBytes(file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{options.Section}:{setting} is '{file}', which can't be read. It must be the path of a file.");
        }
        catch (FormatException e)
        {
            faults.Add($"{options.Section}:{setting} is '{file}', {e.Message}");
        }

        return null;
    }
}
