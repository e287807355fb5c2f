using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class HundredStreams()
    : Rule(
        "hundred-streams",
        "8.9",
        "A connection carries 100 watches at once, and each hears the same. The gateway opens so many before it opens another connection."
    )
{
    private const int Streams = 100;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job = subject.Jobs.CanStart ? (await subject.Jobs.RunningAsync(token)).Id : await subject.Jobs.OpenAsync(token);
        using var connection = subject.Connect();
        var watches = Enumerable.Range(0, Streams).Select(_ => connection.Open(Subject.Request(job, 0), token)).ToList();
        try
        {
            var heard = await Task.WhenAll(watches.Select(watch => watch.HearsAsync(subject.Options.FirstMessage, token)));
            var answered = watches.Count(watch => watch.Story.Messages.Count > 0);
            if (answered < Streams)
            {
                throw new BreachException(
                    $"Of {Streams} watches on one connection {answered} were answered within {Spoken.Time(subject.Options.FirstMessage)}"
                        + (
                            heard.All(each => each)
                                ? $"; one ended with {watches.First(watch => watch.End is not null).End}."
                                : ": the server limits its streams, or its threads."
                        )
                );
            }

            await Task.WhenAll(watches.Select(watch => ReadAsync(watch, needsLive: subject.Jobs.CanStart, token)));
            var log = watches.SelectMany(watch => watch.Story.Events).Select(e => e.Id).Distinct().Order().ToList();
            foreach (var watch in watches)
            {
                SeamJudge.JudgeAgainst(watch.Story, log);
            }

            var slowest = watches.Max(watch => watch.Story.FirstAt)!.Value;
            return Finding.Pass(
                $"{Streams} watches of {job} on one connection were answered within {Spoken.Time(slowest)}, and all heard the same."
            );
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    private static async Task ReadAsync(Watch watch, bool needsLive, CancellationToken token)
    {
        await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
        while (needsLive && watch.End is null && !watch.Story.Live.Any())
        {
            await watch.NextAsync(Limits.NextEvent, token);
        }
    }
}
