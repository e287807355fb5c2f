using System.Collections.Frozen;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Json;

/// <summary>Reads and writes an event's <c>data</c>: the payload's documented members, and further ones.</summary>
internal static class PayloadJson
{
    private const int Level = 1;
    private const string Unknown = "unknown";

    /// <summary>The documented names of the members, by the event's type.</summary>
    private static readonly FrozenDictionary<string, string[]> Documented = JobEvent
        .Descriptor.Oneofs.Single(oneof => oneof.Name == "payload")
        .Fields.Where(field => field.FieldNumber != JobEvent.CustomFieldNumber)
        .ToFrozenDictionary(
            field => field.Name,
            field => field.MessageType.Fields.InFieldNumberOrder().Select(member => member.JsonName).ToArray(),
            StringComparer.Ordinal
        );

    /// <summary>The event's <c>eventType</c>.</summary>
    public static string TypeOf(JobEvent jobEvent) =>
        jobEvent.PayloadCase switch
        {
            JobEvent.PayloadOneofCase.None => Unknown,
            JobEvent.PayloadOneofCase.Custom => IsOwnName(jobEvent.Custom.EventType) ? jobEvent.Custom.EventType : Unknown,
            var payload => JobEvent.Descriptor.FindFieldByNumber((int)payload).Name,
        };

    /// <summary>Reads the data of an event.</summary>
    /// <param name="reader">A reader at the start of the data; one that has read nothing, or is at null, stands for none.</param>
    /// <param name="jobEvent">The event, with its iteration.</param>
    /// <param name="eventType">The event's type.</param>
    public static void Read(ref Utf8JsonReader reader, JobEvent jobEvent, string eventType)
    {
        var isThere = reader.TokenType is not (JsonTokenType.None or JsonTokenType.Null);
        if (isThere && reader.TokenType != JsonTokenType.StartObject)
        {
            throw EventJsonException.Of("must be an object.");
        }

        if (!Documented.TryGetValue(eventType, out var documented))
        {
            var data = isThere ? StructJson.ReadObject(ref reader, Level) : new Struct();
            jobEvent.Custom = new CustomEvent { EventType = eventType, Data = data };
            return;
        }

        var payload = new PayloadMembers(jobEvent, eventType);
        var seen = 0;
        Struct? details = null;
        while (isThere && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (Find(documented, in reader) is not (>= 0 and var member))
            {
                StructJson.Add(details ??= new Struct(), ref reader, Level);
                continue;
            }

            reader.Read();
            ReadMember(ref reader, payload, documented[member], isRepeated: (seen & (1 << member)) != 0);
            seen |= 1 << member;
        }

        payload.Complete(name => (seen & (1 << Array.IndexOf(documented, name))) != 0);
        jobEvent.Details = details;
    }

    /// <summary>Writes the data of an event, so that <see cref="Read"/> makes the same event of it.</summary>
    public static void Write(Utf8JsonWriter json, JobEvent jobEvent)
    {
        json.WriteStartObject();
        var type = TypeOf(jobEvent);
        if (Documented.TryGetValue(type, out var documented))
        {
            PayloadMembers.Write(json, jobEvent);
            StructJson.WriteMembers(json, jobEvent.Details, name => documented.Contains(name), Level);
        }
        else
        {
            // By the name that was given, not by the type: one may call an event of one's own "unknown".
            var data = jobEvent.Custom is { } custom && IsOwnName(custom.EventType) ? custom.Data : null;
            StructJson.WriteMembers(json, data, static _ => false, Level);
            StructJson.WriteMembers(json, jobEvent.Details, name => data is not null && data.Fields.ContainsKey(name), Level);
        }

        json.WriteEndObject();
    }

    private static void ReadMember(ref Utf8JsonReader reader, PayloadMembers payload, string name, bool isRepeated)
    {
        try
        {
            if (isRepeated)
            {
                throw EventJsonException.Of("is there twice.");
            }

            payload.Read(ref reader, name);
        }
        catch (EventJsonException fault)
        {
            throw fault.In($".{name}");
        }
    }

    /// <returns>The number of the member at which the reader stands; -1: it isn't a documented one.</returns>
    private static int Find(string[] documented, in Utf8JsonReader reader)
    {
        for (var i = 0; i < documented.Length; i++)
        {
            if (reader.ValueTextEquals(documented[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsOwnName(string name) => name.Length > 0 && !Documented.ContainsKey(name);
}
