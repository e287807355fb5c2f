using System.Text.Json.Nodes;
using OptimizationGateway.Testing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>A YAML file of deploy/, as JSON: YAML's own types get in the way of asking for a path.</summary>
internal static class DeployedManifest
{
    /// <summary>The documents of a file.</summary>
    public static List<JsonNode> Read(string path) => Parse(File.ReadAllText(RepositoryRoot.Combine("deploy", path)));

    /// <summary>The documents of a text.</summary>
    public static List<JsonNode> Parse(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var deserializer = new DeserializerBuilder().Build();
        var documents = new List<JsonNode>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            documents.Add(ToJson(deserializer.Deserialize<object>(parser))!);
        }

        return documents;
    }

    /// <summary>The objects of a kind in a file.</summary>
    public static JsonNode Find(string path, string kind) => Read(path).Single(document => (string?)document["kind"] == kind);

    /// <summary>All objects anywhere below, itself included.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? node) =>
        node switch
        {
            JsonObject o => o.SelectMany(member => Objects(member.Value)).Prepend(o),
            JsonArray a => a.SelectMany(Objects),
            _ => [],
        };

    /// <summary>A container's variables, by name.</summary>
    public static Dictionary<string, string> Environment(JsonNode container) =>
        container["env"]!
            .AsArray()
            .Where(variable => variable!["value"] is not null)
            .ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["value"]!, StringComparer.Ordinal);

    /// <summary>A composed service's variables, by name.</summary>
    public static Dictionary<string, string> ComposedEnvironment(JsonNode service) =>
        service["environment"]!
            .AsObject()
            .ToDictionary(variable => variable.Key, variable => (string)variable.Value!, StringComparer.Ordinal);

    /// <summary>A container's variables as the patch of a kustomization leaves them.</summary>
    public static Dictionary<string, string> PatchedEnvironment(JsonNode container, string kustomization)
    {
        var environment = Environment(container);
        var patch = Parse((string)Read(kustomization).Single()["patches"]![0]!["patch"]!).Single();
        foreach (var variable in Objects(patch).Single(o => o["env"] is not null)["env"]!.AsArray())
        {
            var name = (string)variable!["name"]!;
            if (variable["value"] is { } value)
            {
                environment[name] = (string)value!;
            }
            else
            {
                Assert.True(environment.Remove(name), $"{kustomization} deletes {name}, which isn't there.");
            }
        }

        return environment;
    }

    private static JsonNode? ToJson(object? value) =>
        value switch
        {
            null => null,
            Dictionary<object, object> map => new JsonObject(map.Select(pair => KeyValuePair.Create($"{pair.Key}", ToJson(pair.Value)))),
            List<object> list => new JsonArray([.. list.Select(ToJson)]),
            _ => JsonValue.Create($"{value}"),
        };
}
