using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class ExclusiveCursor()
    : Rule(
        "cursor",
        "8.2",
        "The history after a cursor is every event of a greater id, oldest first: neither the cursor's own event nor one less."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job = await subject.Jobs.FinishedAsync(token);
        var ids = (await subject.HistoryAsync(job, 0, token)).Events.Select(e => e.Id).ToList();
        if (ids.Count < 2)
        {
            throw new NotApplicableException($"It needs a job with two events at least, and {job} has {ids.Count}: --finished-job.");
        }

        if (!ids.SequenceEqual(ids.Distinct().Order()))
        {
            throw new BreachException($"The history of {job} isn't in order: {string.Join(", ", ids.Take(5))}…");
        }

        var cursors = new[] { ids[0], ids[ids.Count / 2], ids[^2], ids[^1] }.Distinct().ToList();

        // A cursor needn't be an id: where ids have a hole, one in it.
        cursors.AddRange(ids.Zip(ids.Skip(1)).Where(pair => pair.Second > pair.First + 1).Select(pair => pair.First + 1).Take(1));
        foreach (var cursor in cursors)
        {
            var expected = ids.Where(id => id > cursor).ToList();
            var heard = (await subject.HistoryAsync(job, cursor, token)).Events.Select(e => e.Id).ToList();
            Judge(job, cursor, expected, heard);
        }

        return Finding.Pass(
            $"{Spoken.Count(cursors.Count, "cursor")} in the {Spoken.Count(ids.Count, "event")} of {job}, each followed by the rest and nothing else."
        );
    }

    private static void Judge(string job, long cursor, List<long> expected, List<long> heard)
    {
        if (heard.FirstOrDefault(id => id <= cursor) is > 0 and var early)
        {
            var which = early == cursor ? "the cursor's own event came again" : $"event {early} came, which is before it";
            throw new BreachException($"After {cursor} of {job} {which}.");
        }

        if (heard.Except(expected).FirstOrDefault(id => expected.Count == 0 || id > expected[^1]) is > 0 and var later)
        {
            throw new NotApplicableException(
                $"{job} got event {later} while it was read: it hadn't ended, whatever its watch said (`ok-means-ended`). --finished-job names one that has."
            );
        }

        if (!heard.SequenceEqual(expected))
        {
            var missing = expected.Except(heard).ToList();
            throw new BreachException(
                missing.Count > 0
                    ? $"After {cursor} of {job} event {missing[0]} is missing: {Spoken.Count(heard.Count, "event")} came of {expected.Count}."
                    : $"After {cursor} of {job} the events came twice, or in another order."
            );
        }
    }
}
