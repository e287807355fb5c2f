using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.LogServer.Settings;
using OptimizationGateway.LogServer.Startup;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>
/// appsettings.json of each program as an editor should know it, made from the options types. Draft 7, without references: editors know
/// that best. The sections beside the program's own are .NET's and left open. A name that nobody reads is a fault, there as below the
/// program's section.
/// </summary>
internal static class SettingsSchema
{
    private const string TimePattern = @"^(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?$";

    public static string Gateway() =>
        Document(
            "OptimizationGateway: appsettings.json",
            "The settings of docs/settings.md. Names are written as here; the gateway itself knows no case.",
            GatewayArguments.Unknown,
            ("Urls", With(Typed("string", "Addresses to listen on, separated by semicolons."), "default", GatewayHost.DefaultUrl)),
            ("Kestrel", Typed("object", "ASP.NET's own settings of the server: endpoints, certificates, limits.")),
            ("Logging", Typed("object", ".NET's own settings of logs.")),
            ("Stub", Typed("object", "The settings of the optimizer stub, which the demo runs beside the gateway.")),
            (LogServerOptions.Section, Typed("object", "The settings of the log server, which the demo runs beside the gateway.")),
            (GatewayOptions.Section, Record(typeof(GatewayOptions), Descriptions.Of(typeof(GatewayOptions))))
        );

    public static string LogServer() =>
        Document(
            "OptimizationGateway: appsettings.json of the log server",
            "The settings of docs/log-server.md. Names are written as here; the log server itself knows no case.",
            CommandLine.Unknown,
            ("Kestrel", Typed("object", "ASP.NET's own settings of the server: certificates, limits.")),
            ("Logging", Typed("object", ".NET's own settings of logs.")),
            (LogServerOptions.Section, Record(typeof(LogServerOptions), Descriptions.Of(typeof(LogServerOptions))))
        );

    private static string Document(
        string title,
        string description,
        UnknownArguments arguments,
        params (string Name, JsonObject Schema)[] sections
    )
    {
        var properties = new JsonObject { ["$schema"] = Typed("string", "Where this schema is.") };
        foreach (var (name, schema) in sections)
        {
            properties[name] = schema;
        }

        foreach (var name in arguments.Foreign.Where(name => !properties.ContainsKey(name)))
        {
            properties[name] = new JsonObject { ["description"] = "A setting of .NET's or ASP.NET's own." };
        }

        var document = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = title,
            ["description"] = description,
            ["type"] = "object",
            ["properties"] = properties,
            ["patternProperties"] = new JsonObject { [$"^({string.Join('|', UnknownArguments.Prefixes)})"] = new JsonObject() },
            ["additionalProperties"] = false,
        };
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
