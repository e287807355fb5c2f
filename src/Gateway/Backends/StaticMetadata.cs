using System.Buffers;
using Grpc.Core;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>The metadata that every call to a backend carries, from its settings. Faults name keys, never values.</summary>
internal static class StaticMetadata
{
    public const string Binary = "-bin";

    // gRPC over HTTP2, PROTOCOL-HTTP2.md: Header-Name.
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>The keys that HTTP/2, gRPC or the gateway sets, beside those that begin with <c>grpc-</c>.</summary>
    private static readonly string[] Reserved =
    [
        "connection",
        "content-length",
        "content-type",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    ];

    /// <summary>Reads the metadata.</summary>
    /// <param name="path">The backend's settings, <c>Gateway:Backends:name</c>.</param>
    /// <param name="settings">Keys and values.</param>
    /// <param name="faults">Receives the faults in them.</param>
    public static Metadata Parse(string path, IReadOnlyDictionary<string, string> settings, List<string> faults)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in settings)
        {
            // Settings know no case, metadata knows lower case alone.
            var key = name.ToLowerInvariant();
            if (FaultOf(key) is { } fault)
            {
                faults.Add($"{path}:Metadata:{name} can't be sent: {fault}");
            }
            else if (key.EndsWith(Binary, StringComparison.Ordinal))
            {
                AddBinary(path, key, value, metadata, faults);
            }
            else if (!PrintableAscii.IsAll(value) || value.Trim(' ').Length < value.Length)
            {
                faults.Add($"{path}:Metadata:{name} has a value that can't be sent: printable ASCII, with no space at its ends.");
            }
            else
            {
                metadata.Add(key, value);
            }
        }

        return metadata;
    }

    /// <summary>Returns the reason for which a key can't be sent.</summary>
    /// <returns>Null if it can be sent.</returns>
    public static string? FaultOf(string key) =>
        key.Length == 0 || key.AsSpan().ContainsAnyExcept(KeyCharacters) ? "a key is made of letters, digits, '-', '_' and '.'."
        : key.StartsWith("grpc-", StringComparison.Ordinal) || Reserved.Contains(key, StringComparer.Ordinal)
            ? "that key is set by HTTP/2, gRPC or the gateway."
        : null;

    private static void AddBinary(string path, string key, string value, Metadata metadata, List<string> faults)
    {
        var bytes = new byte[value.Length];
        if (Convert.TryFromBase64String(value, bytes, out var length))
        {
            metadata.Add(key, bytes[..length]);
        }
        else
        {
            faults.Add($"{path}:Metadata:{key} has a value that can't be sent: of a key that ends with -bin it is base64.");
        }
    }
}
