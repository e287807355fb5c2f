using System.Text.Json;
using System.Text.Json.Serialization;

namespace OptimizationGateway.Faults.Clients;

/// <summary>One line of a history: what a client did or saw. The clients in Node write the same.</summary>
internal sealed record HistoryLine
{
    /// <summary>Unix time in milliseconds.</summary>
    public long At { get; init; }

    /// <summary>The logical client: one reader of one story, over all its connections. What is after a # counts those of one place.</summary>
    public string Client { get; init; } = "";

    /// <summary>Which of its connections.</summary>
    public int On { get; init; }

    public required HistoryKind What { get; init; }

    public string? Job { get; init; }

    public string? Epoch { get; init; }

    /// <summary>Of a subscribe: the id it resumes after.</summary>
    public long? After { get; init; }

    /// <summary>Of a subscribed: <c>lastEventId</c>.</summary>
    public long? Last { get; init; }

    /// <summary>Of a subscribed: <c>earliestEventId</c>.</summary>
    public long? Earliest { get; init; }

    /// <summary>Of a replay: <c>hasMore</c>.</summary>
    public bool? More { get; init; }

    public long[]? Ids { get; init; }

    /// <summary>A <see cref="EventSum"/> for each id.</summary>
    public uint[]? Sums { get; init; }

    /// <summary>The jobs whose names these events carry, each once.</summary>
    public string[]? Marks { get; init; }

    /// <summary>The callers for whom the backend sent these events, each once; empty for one of an event that names none.</summary>
    public string[]? Callers { get; init; }

    /// <summary>Of an open: the caller that the client speaks for.</summary>
    public string? Caller { get; init; }

    /// <summary>The id of the terminal event among them.</summary>
    public long? Terminal { get; init; }

    /// <summary>Of an error or a close: the code; 1006 also where the client gave up. Of a garbled message: what is wrong with it.</summary>
    public string? Code { get; init; }

    /// <summary>Of an error: what it did to the <c>subscription</c>. Of an unsubscribed: the <c>reason</c>.</summary>
    public string? Reason { get; init; }

    public static HistoryLine Parse(string line) => JsonSerializer.Deserialize(line, HistoryJson.Default.HistoryLine)!;

    public string Write() => JsonSerializer.Serialize(this, HistoryJson.Default.HistoryLine);
}

/// <summary>What a line of a history tells of.</summary>
internal enum HistoryKind
{
    Open,
    Subscribe,
    Subscribed,
    Replay,
    Event,
    Error,
    Unsubscribed,
    Closed,

    /// <summary>A frame or a message that can't be read came.</summary>
    Garbled,

    /// <summary>The client has what it came for.</summary>
    Done,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(HistoryLine))]
internal sealed partial class HistoryJson : JsonSerializerContext;
