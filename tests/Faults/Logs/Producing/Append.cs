using System.Globalization;
using OptimizationGateway.Faults.Logs.Checker;

namespace OptimizationGateway.Faults.Logs.Producing;

/// <summary>An append of a producer: some events with names, and perhaps the end of the job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Producer">The producer's id.</param>
/// <param name="Epoch">Its run.</param>
/// <param name="Sequence">The number of the append in the run.</param>
/// <param name="Count">The number of events.</param>
/// <param name="Ends">True if the last one ends the job.</param>
internal sealed record Append(string Job, string Producer, long Epoch, long Sequence, int Count, bool Ends)
{
    public IReadOnlyList<EventToken> Tokens =>
        [.. Enumerable.Range(0, Count).Select(index => new EventToken(Producer, Epoch, Sequence, index))];

    /// <summary>The request's body. What an event is named by is in its data.</summary>
    public string ToJson() => $"[{string.Join(',', Enumerable.Range(0, Count).Select(Event))}]";

    private string Event(int index)
    {
        var isLast = Ends && index == Count - 1;
        var (type, member) = isLast ? ("job_completed", "finalScore") : ("iteration_completed", "score");
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"eventType":"{{{type}}}","iteration":{{{Sequence + 1}}},"data":{"{{{member}}}":0.5,"p":"{{{Producer}}}","e":{{{Epoch}}},"s":{{{Sequence}}},"i":{{{index}}}}}"""
        );
    }
}
