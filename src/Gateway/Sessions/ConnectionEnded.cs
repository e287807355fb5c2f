using System.Collections;
using System.Globalization;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// The log entry of a connection's life. There may be hundreds a second, so its template has none of the values: JSON and OTLP have each
/// value once, and only lines for people have them in the text.
/// </summary>
/// <param name="ConnectionId">The connection's id.</param>
/// <param name="Duration">The time it lasted.</param>
/// <param name="End">The reason it ended.</param>
/// <param name="Tally">The connection's counts.</param>
internal sealed record ConnectionEnded(string ConnectionId, TimeSpan Duration, SessionEnd End, SessionTally Tally)
    : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The event's id; the others of its category are hashes of names.</summary>
    public static readonly EventId Id = new(1, nameof(ConnectionEnded));

    private readonly KeyValuePair<string, object?>[] values =
    [
        new("ConnectionId", ConnectionId),
        new("Duration", Duration),
        new("Reason", End.Reason),
        new("CloseCode", End.CloseCode is { } code ? code.Status : "none"),
        new("Received", Tally.MessagesReceived),
        new("Sent", Tally.MessagesSent),
        new("Events", Tally.EventsSent),
        new("Bytes", Tally.BytesSent),
        new("{OriginalFormat}", "Connection ended."),
    ];

    public int Count => values.Length;

    public KeyValuePair<string, object?> this[int index] => values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The line for people.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Connection {ConnectionId} ended after {Duration}: {End.Reason}, close code {End.CloseCode?.Status.ToString(CultureInfo.InvariantCulture) ?? "none"}; {Tally.MessagesReceived} messages received, {Tally.MessagesSent} sent with {Tally.EventsSent} events in {Tally.BytesSent} bytes."
        );
}
