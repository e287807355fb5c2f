using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Startup;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>
/// appsettings.json as an editor should know it, made from the options types. Draft 7, without references: editors know that best. The
/// sections beside <c>Gateway</c> are .NET's own and left open. A name that nobody reads is a fault, there as below <c>Gateway</c>.
/// </summary>
internal static class SettingsSchema
{
    private const string TimePattern = @"^(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?$";

    public static string Document()
    {
        var document = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "OptimizationGateway: appsettings.json",
            ["description"] = "The settings of docs/settings.md. Names are written as here; the gateway itself knows no case.",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["$schema"] = Typed("string", "Where this schema is."),
                ["Urls"] = With(Typed("string", "Addresses to listen on, separated by semicolons."), "default", GatewayHost.DefaultUrl),
                ["Kestrel"] = Typed("object", "ASP.NET's own settings of the server: endpoints, certificates, limits."),
                ["Logging"] = Typed("object", ".NET's own settings of logs."),
                ["Stub"] = Typed("object", "The settings of the optimizer stub, which the demo runs beside the gateway."),
                [GatewayOptions.Section] = Record(typeof(GatewayOptions), Descriptions.Of(typeof(GatewayOptions))),
            },
        };
        var properties = document["properties"]!.AsObject();
        foreach (var name in UnknownArguments.Foreign.Where(name => !properties.ContainsKey(name)))
        {
            properties[name] = new JsonObject { ["description"] = "A setting of .NET's or ASP.NET's own." };
        }

        document["patternProperties"] = new JsonObject { [$"^({string.Join('|', UnknownArguments.Prefixes)})"] = new JsonObject() };
        document["additionalProperties"] = false;
        return document.ToJsonString(SchemaText.Readable) + "\n";
    }

    private static JsonObject Record(Type options, string description)
    {
        var defaults = Activator.CreateInstance(options);
        var schema = Typed("object", description);
        schema["properties"] = new JsonObject(
            SettingTree.PropertiesOf(options).Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Of(p, p.GetValue(defaults))))
        );
        schema["additionalProperties"] = false;
        return schema;
    }

    private static JsonObject Of(PropertyInfo property, object? value)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var description = Descriptions.Of(property);
        if (SettingTree.IsRecord(type))
        {
            return Record(type, Descriptions.Of(type));
        }

        if (SettingTree.ElementOf(type) is { } element)
        {
            var named = Typed("object", description);
            named["additionalProperties"] = SettingTree.IsRecord(element)
                ? Record(element, Descriptions.Of(element))
                : Typed("string", description);
            return named;
        }

        Assert.True(description.Length > 0, $"{property.DeclaringType!.Name}.{property.Name} needs a summary: editors show it.");
        return Leaf(new Setting(property.Name, property, type, value), description);
    }

    private static JsonObject Leaf(Setting setting, string description)
    {
        var schema =
            setting.Type == typeof(bool) ? Typed("boolean", description)
            : setting.Type == typeof(int) || setting.Type == typeof(long) ? Typed("integer", description)
            : setting.Type == typeof(string) ? Typed("string", description)
            : setting.Type == typeof(TimeSpan) ? With(Typed("string", $"{description} Written hh:mm:ss."), "pattern", TimePattern)
            : throw new InvalidOperationException($"Say here how {setting.Type} is written in JSON.");
        if (setting.DefaultText.Length > 0)
        {
            schema["default"] = setting.Default switch
            {
                bool flag => flag,
                int number => number,
                _ => setting.DefaultText,
            };
        }

        if (setting.Range is { } range && (setting.Type == typeof(int) || setting.Type == typeof(long)))
        {
            schema["minimum"] = Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture);
            schema["maximum"] = Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture);
        }
        else if (setting.RangeText is { } allowed)
        {
            schema["description"] = $"{schema["description"]} Allowed: {allowed}.";
        }

        return setting.IsSecret ? With(schema, "writeOnly", true) : schema;
    }

    private static JsonObject Typed(string type, string description)
    {
        var schema = new JsonObject { ["type"] = type };
        return description.Length > 0 ? With(schema, "description", description) : schema;
    }

    private static JsonObject With(JsonObject schema, string keyword, JsonNode value)
    {
        schema[keyword] = value;
        return schema;
    }
}
