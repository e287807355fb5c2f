using System.Security.Cryptography;
using System.Text;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>A key that opens the inspector. Only its hash is kept.</summary>
internal sealed class InspectorKey(string name, string key)
{
    public const int Shortest = 32;

    /// <summary>The rule for keys, as the end of a sentence that begins with the setting.</summary>
    public const string Rule = "must be 32 to 512 printable ASCII characters without a blank; openssl rand -hex 32 makes one.";

    private const int Longest = 512;

    private readonly byte[] hash = HashOf(key);

    /// <summary>Its name in the log.</summary>
    public string Name => name;

    public static bool IsStrong(string key) => key.Length is >= Shortest and <= Longest && PrintableAscii.IsAll(key) && !key.Contains(' ');

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Compares in constant time.</summary>
    public bool Is(byte[] presented) => CryptographicOperations.FixedTimeEquals(hash, presented);
}

/// <summary>Reads a file with keys of the inspector: one on each line, after a name and a blank if it has a name.</summary>
internal static class InspectorKeyFile
{
    private const int LongestName = 64;
    private const string Setting = "Gateway:Inspector:KeyFile";

    /// <param name="path">The file.</param>
    /// <param name="faults">Receives a sentence for each fault; never a key.</param>
    /// <returns>Its keys; null if there is a fault.</returns>
    public static IReadOnlyList<InspectorKey>? Read(string path, List<string> faults)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var reason = e is FileNotFoundException or DirectoryNotFoundException ? "isn't there" : "can't be read";
            faults.Add($"{Setting} is '{path}', which {reason}.");
            return null;
        }

        var keys = new List<InspectorKey>();
        var before = faults.Count;
        for (var number = 1; number <= lines.Length; number++)
        {
            var words = lines[number - 1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is [] || words[0].StartsWith('#'))
            {
                continue;
            }

            var (name, key) = words.Length == 1 ? ($"line {number}", words[0]) : (words[0], words[1]);
            if (words.Length > 2 || name.Length > LongestName || name.Any(char.IsControl))
            {
                faults.Add(
                    $"{Setting}: line {number} of {path} must be a key, or a name of at most {LongestName} characters, a blank and a key."
                );
            }
            else if (!InspectorKey.IsStrong(key))
            {
                faults.Add($"{Setting}: the key in line {number} of {path} {InspectorKey.Rule}");
            }

            keys.Add(new InspectorKey(name, key));
        }

        if (keys.Count == 0)
        {
            faults.Add($"{Setting}: {path} has no key. Put one on each line.");
        }

        return faults.Count == before ? keys : null;
    }
}
