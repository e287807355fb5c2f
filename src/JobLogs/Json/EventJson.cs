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
            var events = reader.TokenType == JsonTokenType.StartArray ? ReadArray(ref reader, maxEvents) : [ReadOne(ref reader, "")];
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
        PayloadJson.Read(ref reader, jobEvent, eventType, "data");
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

            events.Add(ReadOne(ref reader, $"[{events.Count}]."));
        }

        return events.Count > 0 ? events : throw new EventJsonException("The array must have at least one event.");
    }

    private static JobEvent ReadOne(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new EventJsonException($"{(path.Length == 0 ? "An event" : path[..^1])} must be an object with eventType.");
        }

        var jobEvent = new JobEvent();
        var known = default(Members);
        string? eventType = null;
        var data = default(Utf8JsonReader);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = JsonMember.Name(ref reader, path);
            known.Add(name, path);
            switch (name)
            {
                case "eventType":
                    eventType = JsonMember.Text(ref reader, path + name);
                    break;
                case "iteration":
                    jobEvent.Iteration = JsonMember.Count(ref reader, path + name);
                    break;
                case "stage":
                    jobEvent.Stage = JsonMember.Text(ref reader, path + name);
                    break;
                case "timestamp":
                    jobEvent.Timestamp = JsonMember.Time(ref reader, path + name);
                    break;
                case "data":
                    // Read when the type is known, which may come later.
                    data = reader;
                    reader.Skip();
                    break;
            }
        }

        if (string.IsNullOrEmpty(eventType))
        {
            throw new EventJsonException($"{path}eventType is required: a text such as iteration_completed, or a name of your own.");
        }

        PayloadJson.Read(ref data, jobEvent, eventType, path + "data");
        return jobEvent;
    }

    /// <summary>The members of an event that were seen.</summary>
    private struct Members
    {
        private static readonly string[] Allowed = ["eventType", "iteration", "stage", "data", "timestamp"];
        private static readonly string[] TheLogs = ["id", "previousId", "epoch"];
        private int seen;

        public void Add(string name, string path)
        {
            var bit = 1 << Array.IndexOf(Allowed, name);
            if (!Allowed.Contains(name))
            {
                throw new EventJsonException(
                    TheLogs.Contains(name)
                        ? $"{path}{name} is given by the log: leave it out."
                        : $"{path}{name} isn't known. Allowed are {string.Join(", ", Allowed)}; members of your own belong into data."
                );
            }

            if ((seen & bit) != 0)
            {
                throw new EventJsonException($"{path}{name} is there twice.");
            }

            seen |= bit;
        }
    }
}
