using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using static OptimizationGateway.Contract.Tests.Schema.SchemaText;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>An event as JSON, made from the proto: a payload that is added there is in the schema at once.</summary>
internal static class EventSchema
{
    public const string Name = "jobEvent";

    public const string Timestamp = "timestamp";

    private static readonly IReadOnlyList<FieldDescriptor> Payloads =
    [
        .. JobEvent
            .Descriptor.Oneofs.Single(oneof => oneof.Name == "payload")
            .Fields.Where(f => f.FieldNumber != JobEvent.CustomFieldNumber),
    ];

    public static void AddTo(Dictionary<string, JsonObject> parts)
    {
        parts[Timestamp] = new JsonObject
        {
            ["type"] = "string",
            ["pattern"] = @"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
            ["description"] = "UTC, with three decimals.",
        };
        foreach (var payload in Payloads)
        {
            parts[payload.Name] = Object(
                $"The data of {payload.Name}; a backend may add members of its own.",
                [.. payload.MessageType.Fields.InFieldNumberOrder().Select(field => (field.JsonName, Of(field)))]
            );
        }

        var jobEvent = Object(
            "One event of a job.",
            ("id", Id("Strictly increasing within a job: the cursor.", least: 1)),
            ("eventType", Text($"One of {string.Join(", ", Payloads.Select(p => p.Name))}, a backend's own name, or unknown.")),
            ("iteration", new JsonObject { ["type"] = "integer", ["description"] = "0 before the first." }),
            ("stage", Text("Empty if there is none.")),
            ("data", new JsonObject { ["type"] = "object" }),
            ("timestamp", Reference(Timestamp))
        );
        jobEvent["allOf"] = new JsonArray([.. Payloads.Select(DataOf)]);
        parts[Name] = jobEvent;
    }

    private static JsonObject DataOf(FieldDescriptor payload) =>
        new()
        {
            ["if"] = new JsonObject { ["properties"] = new JsonObject { ["eventType"] = new JsonObject { ["const"] = payload.Name } } },
            ["then"] = new JsonObject { ["properties"] = new JsonObject { ["data"] = Reference(payload.Name) } },
        };

    /// <summary>A member as JSON, made from its field.</summary>
    public static JsonObject Of(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.String => new JsonObject { ["type"] = "string" },
            FieldType.Bool => new JsonObject { ["type"] = "boolean" },
            FieldType.Int32 => new JsonObject { ["type"] = "integer" },
            FieldType.Double => new JsonObject
            {
                ["type"] = new JsonArray("number", "null"),
                ["description"] = "null where it isn't finite.",
            },
            FieldType.Message when field.MessageType.FullName == Struct.Descriptor.FullName => new JsonObject { ["type"] = "object" },
            FieldType.Message when field.MessageType.FullName == Google.Protobuf.WellKnownTypes.Timestamp.Descriptor.FullName => Reference(
                Timestamp
            ),
            _ => throw new InvalidOperationException($"Say here what {field.FullName} is as JSON, and in PROTOCOL.md section 4."),
        };
}
