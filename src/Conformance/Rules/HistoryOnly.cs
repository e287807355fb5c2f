using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class HistoryOnly()
    : Rule(
        "history-only",
        "8.4",
        "With `history_only` the stream ends with OK after the last `replay`, also while the job goes on. No live event is on it."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var open = await subject.Jobs.OpenAsync(token);
        var slowest = TimeSpan.Zero;
        string[] jobs = [open, await subject.Jobs.FinishedAsync(token)];
        foreach (var job in jobs)
        {
            using var watch = subject.Watch(Subject.Request(job, 0, historyOnly: true), token);
            var story = await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
            if (story.End is null && !await watch.HearsAsync(Limits.EndOfStream, token))
            {
                throw new BreachException(
                    $"{Spoken.Request(watch.Request)} didn't end: {Spoken.Time(Limits.EndOfStream)} after the last `replay` it was still open."
                );
            }

            if (job == open && story.Subscribed is { Ended: true })
            {
                throw new NotApplicableException($"{open} ended too soon: --silent-job names one that goes on.");
            }

            if (story.Live.FirstOrDefault() is { } live)
            {
                throw new BreachException($"{Spoken.Request(watch.Request)} went on with event {live.Id}, which is live.");
            }

            if (story.End is null)
            {
                throw new BreachException(
                    $"{Spoken.Request(watch.Request)} went on after the last `replay`, with {Spoken.Message(story.Messages[^1])}."
                );
            }

            if (!story.End.IsOk)
            {
                throw new BreachException($"{Spoken.Request(watch.Request)} ended with {story.End}, not with OK.");
            }

            var after = story.LastAt - story.LastMessageAt;
            slowest = after > slowest ? after : slowest;
        }

        return Finding.Pass(
            $"A job that goes on ({open}) and one that has ended: OK at most {Spoken.Time(slowest)} after the last `replay`."
        );
    }
}
