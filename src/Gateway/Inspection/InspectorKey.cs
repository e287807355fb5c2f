using System.Security.Cryptography;
using System.Text;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>A key that opens the inspector. The key itself isn't kept, only what tells whether another is the same.</summary>
internal sealed class InspectorKey(string name, string key)
{
    public const int Shortest = 32;

    /// <summary>What a key has to be, to be said after its name.</summary>
    public const string Rule = "must be 32 to 512 printable ASCII characters without a blank; openssl rand -hex 32 makes one.";

    private const int Longest = 512;

    private readonly byte[] hash = HashOf(key);

    /// <summary>What it is called where it is said who looked.</summary>
    public string Name => name;

    public static bool IsStrong(string key) => key.Length is >= Shortest and <= Longest && key.All(c => c is > ' ' and < (char)0x7F);

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Takes as long whether they are the same or not.</summary>
    public bool Is(byte[] presented) => CryptographicOperations.FixedTimeEquals(hash, presented);
}
