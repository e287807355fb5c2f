using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>Pieces of JSON Schema, draft 2020-12.</summary>
internal static class SchemaText
{
    /// <summary>2^53−1: what a browser's number holds exactly.</summary>
    public const long MaxEventId = (1L << 53) - 1;

    public static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonObject Text(string description, int? shortest = null, int? longest = null)
    {
        var schema = new JsonObject { ["type"] = "string", ["description"] = description };
        Add(schema, "minLength", shortest);
        Add(schema, "maxLength", longest);
        return schema;
    }

    public static JsonObject Flag(string description) => new() { ["type"] = "boolean", ["description"] = description };

    public static JsonObject Id(string description, long least) =>
        new()
        {
            ["type"] = "integer",
            ["minimum"] = least,
            ["maximum"] = MaxEventId,
            ["description"] = description,
        };

    public static JsonObject OneOf(string description, IEnumerable<string> values) =>
        new() { ["enum"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]), ["description"] = description };

    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    /// <summary>An object; members whose name ends with <c>?</c> may be absent. What isn't listed may be there too. Takes copies.</summary>
    public static JsonObject Object(string description, params (string Name, JsonObject Schema)[] members) =>
        new()
        {
            ["type"] = "object",
            ["description"] = description,
            ["properties"] = new JsonObject(members.Select(m => KeyValuePair.Create(m.Name.TrimEnd('?'), (JsonNode?)m.Schema.DeepClone()))),
            ["required"] = new JsonArray([.. members.Where(m => !m.Name.EndsWith('?')).Select(m => JsonValue.Create(m.Name))]),
        };

    /// <summary>
    /// The parts of a schema as the <c>components</c> of another document: references lead there. Takes copies.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Components(IEnumerable<KeyValuePair<string, JsonObject>> parts) =>
        parts.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)Component(part.Value)));

    /// <inheritdoc cref="Components"/>
    public static JsonObject Component(JsonObject schema) =>
        JsonNode.Parse(schema.ToJsonString().Replace("\"#/$defs/", "\"#/components/schemas/", StringComparison.Ordinal))!.AsObject();

    /// <summary>The members of a closed set of ours: its public static fields, by the name they have on the wire.</summary>
    public static IEnumerable<string> NamesOf<TSet>(Func<TSet, string> name) =>
        typeof(TSet)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(TSet))
            .Select(field => name((TSet)field.GetValue(null)!));

    /// <summary>A whole schema as it stands in its file.</summary>
    public static string Document(string title, string description, string root, Dictionary<string, JsonObject> parts)
    {
        var document = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = title,
            ["description"] = description,
            ["$ref"] = $"#/$defs/{root}",
            ["$defs"] = new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value))),
        };
        return document.ToJsonString(Readable) + "\n";
    }

    private static void Add(JsonObject schema, string keyword, int? value)
    {
        if (value is { } bound)
        {
            schema[keyword] = bound;
        }
    }
}
