using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class OkMeansEnded()
    : Rule(
        "ok-means-ended",
        "8.6",
        "OK in any other case is a broken stream: not for a worker that stops, a queue that closes or a crash, nor after the history of a job that goes on."
    )
{
    private static readonly TimeSpan AShortWhile = TimeSpan.FromSeconds(1);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var open = await subject.Jobs.OpenAsync(token);
        long?[] cursors = [0, null];
        foreach (var after in cursors)
        {
            using var watch = subject.Watch(open, after, token);
            await watch.NextAsync(subject.Options.FirstMessage, token);
            while (watch.End is null && watch.Age < AShortWhile && await watch.HearsAsync(AShortWhile, token)) { }

            Judge(watch.Story);
        }

        if (!subject.Jobs.CanStart)
        {
            return Finding.Pass($"The watches of {open} stayed open. A job that ends wasn't watched: --start-job.");
        }

        var story = await subject.Jobs.WholeAsync(token);
        Judge(story);
        var how = story.End is { } end
            ? $"ended with {end} after event {story.Events.LastOrDefault()?.Id ?? 0}"
            : "was still open after event " + (story.Events.LastOrDefault()?.Id ?? 0);
        return Finding.Pass(
            $"The watches of {open} stayed open; that of {story.Request.JobId} {how}{(story.Events.Any(Story.IsTerminal) ? ", its terminal one" : "")}."
        );
    }

    private static void Judge(Story story)
    {
        if (story is { End.IsOk: true, Subscribed: null or { Ended: false } } && !story.Events.Any(Story.IsTerminal))
        {
            var last = story.Messages.Count > 0 ? Spoken.Message(story.Messages[^1]) : "nothing";
            throw new BreachException($"{Spoken.Request(story.Request)} ended with OK after {last}, and the job hadn't ended.");
        }
    }
}
