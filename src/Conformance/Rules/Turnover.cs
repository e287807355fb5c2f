using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Turnover()
    : Rule(
        "turnover",
        "8.9",
        "Cancelled watches leave room: however many came and went, the next one is answered. No thread, slot or lock is kept."
    )
{
    private const int AtOnce = 5;
    private const int Waves = 60;

    // Of other rules, which are looked at meanwhile.
    private const int Others = 2 * AtOnce;

    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2);

    public override bool RevealsRefusals => true;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var count = WatchCount.Of(subject);
        var before = count is null ? 0 : await count.AskAsync(token);
        var job = "";
        for (var wave = 0; wave < Waves; wave++)
        {
            // Each time anew: one that has ended lets its watches go by itself.
            job = await subject.Jobs.OpenAsync(token);
            var watches = Enumerable.Range(0, AtOnce).Select(i => subject.Watch(job, i % 2 == 0 ? 0 : null, token)).ToList();
            try
            {
                if ((await Crowd.UnansweredAsync(watches, subject.Options.FirstMessage, token)).Count > 0)
                {
                    throw new BreachException(
                        $"After {Spoken.Count(wave * AtOnce, "watch")} that were cancelled the next got no answer within {Spoken.Time(subject.Options.FirstMessage)}."
                    );
                }

                if (watches.Select(watch => watch.End).FirstOrDefault(end => end is { IsOk: false }) is { } refused)
                {
                    throw new BreachException(
                        $"After {Spoken.Count(wave * AtOnce, "watch")} that were cancelled the next ended with {refused}.",
                        refused
                    );
                }
            }
            finally
            {
                watches.ForEach(watch => watch.Dispose());
            }
        }

        if (count is not null)
        {
            await GoneAsync(subject, count, before, token);
        }

        return Finding.Pass(
            $"{Waves * AtOnce} watches of {job} came and went, {AtOnce} at a time; each was answered{(count is null ? "" : ", and none is left")}."
        );
    }

    private static async Task GoneAsync(Subject subject, WatchCount count, int before, CancellationToken token)
    {
        var at = subject.Time.GetTimestamp();
        while (true)
        {
            var asked = subject.Time.GetElapsedTime(at);
            var left = await count.AskAsync(token) - before;
            if (left <= Others)
            {
                return;
            }

            if (asked > Allowed)
            {
                throw new BreachException(
                    $"{Waves * AtOnce} watches came, and were cancelled; {Spoken.Time(asked)} later {left} of them still ran."
                );
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), subject.Time, token);
        }
    }
}
