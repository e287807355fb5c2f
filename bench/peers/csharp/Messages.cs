using System.Globalization;
using System.Text.Json.Serialization;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.CSharpPeer;

internal sealed record ClientMessage(string Type, string JobId, long? AfterEventId);

internal sealed record SubscribedMessage(string Type, string JobId, string Epoch, long LastEventId);

internal sealed record EventMessage(string Type, string JobId, EventView Event);

internal sealed record ReplayMessage(string Type, string JobId, IReadOnlyList<EventView> Data, bool HasMore);

/// <summary>An event as browsers get it.</summary>
internal sealed record EventView(long Id, string EventType, int Iteration, string Stage, Dictionary<string, object?> Data, string Timestamp)
{
    public static EventView Of(JobEvent e)
    {
        var data = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in e.Details?.Fields ?? [])
        {
            data[name] = Plain(value);
        }

        var type = "unknown";
        if (e.PayloadCase == JobEvent.PayloadOneofCase.IterationCompleted)
        {
            type = "iteration_completed";
            data["score"] = e.IterationCompleted.Score;
        }

        var timestamp = e.Timestamp.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return new EventView(e.Id, type, e.Iteration, e.Stage, data, timestamp);
    }

    private static object? Plain(Value value) =>
        value.KindCase switch
        {
            Value.KindOneofCase.NumberValue => value.NumberValue,
            Value.KindOneofCase.StringValue => value.StringValue,
            Value.KindOneofCase.BoolValue => value.BoolValue,
            Value.KindOneofCase.StructValue => value.StructValue.Fields.ToDictionary(
                f => f.Key,
                f => Plain(f.Value),
                StringComparer.Ordinal
            ),
            Value.KindOneofCase.ListValue => value.ListValue.Values.Select(Plain).ToList(),
            _ => null,
        };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClientMessage))]
[JsonSerializable(typeof(SubscribedMessage))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(ReplayMessage))]
[JsonSerializable(typeof(Dictionary<string, object?>))]
[JsonSerializable(typeof(List<object?>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
internal sealed partial class Json : JsonSerializerContext;
