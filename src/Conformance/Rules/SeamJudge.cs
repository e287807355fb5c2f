using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

/// <summary>Judges the messages of a watch across the seam between history and live.</summary>
internal static class SeamJudge
{
    /// <summary>As it stands at the end of the history, or with the live event that came instead.</summary>
    public static void JudgeHistory(Story story)
    {
        var request = Spoken.Request(story.Request);
        var last = story.Subscribed is { HasLastEventId: true } subscribed ? subscribed.LastEventId : 0;
        if (story.End is { } end && !story.HasWholeHistory && story.Replays.All(replay => replay.HasMore))
        {
            throw new BreachException($"{request} ended with {end} before its last `replay`.");
        }

        if (story.Live.FirstOrDefault() is { } live)
        {
            throw new BreachException(
                $"On {request} event {live.Id} came live, and the last `replay` hadn't come: it would move the cursor past history."
            );
        }

        if (story.Events.LastOrDefault() is var newest && (newest?.Id ?? story.Request.AfterEventId) < last)
        {
            throw new BreachException(
                $"On {request} `subscribed` announced history up to {last}, and the last `replay` ended at {newest?.Id ?? 0}."
            );
        }
    }

    /// <param name="story">The messages that the watch received.</param>
    /// <param name="log">The ids of the log, read afterwards.</param>
    public static void JudgeAgainst(Story story, List<long> log)
    {
        var request = Spoken.Request(story.Request);
        var heard = story.Events.Select(e => e.Id).ToList();
        var history = story.Replays.Sum(replay => replay.Events.Count);
        for (var i = 1; i < heard.Count; i++)
        {
            if (heard[i] <= heard[i - 1])
            {
                throw new BreachException($"On {request} {Place(i, history)} event {heard[i]} came after event {heard[i - 1]}: a repeat.");
            }
        }

        var due = log.SkipWhile(id => id <= story.Request.AfterEventId).ToList();
        for (var i = 0; i < heard.Count; i++)
        {
            if (i >= due.Count || heard[i] != due[i])
            {
                throw new BreachException(
                    i < due.Count && due[i] < heard[i]
                        ? $"On {request} {Place(i, history)} event {due[i]} is missing, which the log has: {heard[i]} came instead."
                        : $"On {request} {Place(i, history)} event {heard[i]} came, which the log doesn't have there."
                );
            }
        }
    }

    private static string Place(int index, int history) =>
        index < history ? "within history"
        : index == history ? "at the seam between history and live"
        : "after the seam";
}
