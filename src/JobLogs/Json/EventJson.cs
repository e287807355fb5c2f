using System.Text.Json;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Json;

/// <summary>Reads events from the JSON that the contract documents for browsers (PROTOCOL.md, section 4), without what is the log's.</summary>
/// <remarks>
/// An event is <c>{eventType, iteration?, stage?, data?, timestamp?}</c>. The members of a documented event's <c>data</c> have the documented
/// types; other members of it become <see cref="JobEvent.Details"/>. Any other <c>eventType</c> is a <see cref="CustomEvent"/>.
/// </remarks>
public static class EventJson
{
    // The array and the event are around the data.
    private const int MaxDepth = Nesting.MaxLevels + 2;

    /// <summary>Reads one event, or an array of them.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="maxEvents">The most events of an array.</param>
    /// <returns>The events, in their order; at least one.</returns>
    /// <exception cref="EventJsonException">It isn't JSON, or not such events.</exception>
    public static IReadOnlyList<JobEvent> ReadEvents(ReadOnlySpan<byte> json, int maxEvents)
    {
        try
        {
            // One more level than is allowed, so that it is this class that refuses it.
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
            reader.Read();
            var events =
                reader.TokenType == JsonTokenType.StartArray ? ReadArray(ref reader, maxEvents) : [ReadOne(ref reader, "An event")];
            reader.Read();
            return events;
        }
        catch (JsonException fault)
        {
            throw new EventJsonException($"This isn't JSON: {fault.Message}");
        }
    }

    /// <summary>Makes an event of its parts, as an engine keeps them.</summary>
    internal static JobEvent Read(string eventType, int iteration, string stage, ReadOnlySpan<byte> data)
    {
        var jobEvent = new JobEvent { Iteration = iteration, Stage = stage };
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        PayloadJson.Read(ref reader, jobEvent, eventType);
        return jobEvent;
    }

    private static List<JobEvent> ReadArray(ref Utf8JsonReader reader, int maxEvents)
    {
        var events = new List<JobEvent>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (events.Count == maxEvents)
            {
                throw new EventJsonException($"The array must have at most {maxEvents} events.") { IsTooMany = true };
            }

            try
            {
                events.Add(ReadOne(ref reader, ""));
            }
            catch (EventJsonException fault)
            {
                throw fault.In(fault.Message[0] == ' ' ? $"[{events.Count}]" : $"[{events.Count}].");
            }
        }

        return events.Count > 0 ? events : throw new EventJsonException("The array must have at least one event.");
    }

    /// <param name="reader">A reader at the event.</param>
    /// <param name="subject">The event in a sentence that says that it isn't one.</param>
    private static JobEvent ReadOne(ref Utf8JsonReader reader, string subject)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw EventJsonException.Of("must be an object with eventType.").In(subject);
        }

        var read = new EventMembers();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = JsonMember.Name(ref reader);
            try
            {
                read.Add(ref reader, name);
            }
            catch (EventJsonException fault)
            {
                throw fault.In(name);
            }
        }

        return read.Complete();
    }
}
