using System.Text.Json;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Golden;

/// <summary>
/// The files of tests/golden, by name. What they mean is said in tests/golden/README.md.
/// Other test projects link this file and JsonComparison.cs.
/// </summary>
internal static class GoldenFiles
{
    public static string Root { get; } = RepositoryRoot.Combine("tests", "golden");

    /// <summary>The events: each name has a .binpb and a .json.</summary>
    public static IReadOnlyList<string> EventNames { get; } =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Root, "events"), "*.json")
            .Select(Path.GetFileName)
            .Where(name => !name!.EndsWith(".proto.json", StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name)!)
            .Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<string> ServerMessageNames { get; } = JsonNames("server");

    /// <summary>Every client message that is accepted, and what it means: absent members are absent there too.</summary>
    public static IReadOnlyDictionary<string, JsonElement> ClientMessages { get; } = Expectations<JsonElement>("client");

    /// <summary>Every client message that is refused, and the error code of the answer.</summary>
    public static IReadOnlyDictionary<string, string> InvalidClientMessages { get; } = Expectations<string>("client-invalid");

    public static string EventPath(string name, string extension) => Path.Combine(Root, "events", name + extension);

    public static byte[] EventBytes(string name) => File.ReadAllBytes(EventPath(name, ".binpb"));

    public static string EventJson(string name) => File.ReadAllText(EventPath(name, ".json"));

    public static string ServerMessage(string name) => File.ReadAllText(MessagePath("server", name));

    /// <summary>The message as it would come from the socket, byte by byte.</summary>
    public static byte[] ClientMessage(string name) => File.ReadAllBytes(MessagePath("client", name));

    /// <inheritdoc cref="ClientMessage"/>
    public static byte[] InvalidClientMessage(string name) => File.ReadAllBytes(MessagePath("client-invalid", name));

    public static IReadOnlyList<string> JsonNames(string kind) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Root, "messages", kind), "*.json")
                .Select(path => Path.GetFileNameWithoutExtension(path))
                .Where(name => name != "expectations")
                .Order(StringComparer.Ordinal),
        ];

    private static string MessagePath(string kind, string name) => Path.Combine(Root, "messages", kind, name + ".json");

    private static Dictionary<string, T> Expectations<T>(string kind) =>
        JsonSerializer.Deserialize<Dictionary<string, T>>(File.ReadAllBytes(MessagePath(kind, "expectations")))!;
}
