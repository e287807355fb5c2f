using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class TerminalEnd()
    : Rule(
        "terminal-end",
        "8.6",
        "The stream ends with OK after a terminal event, and nothing follows one. Of a job that had ended `subscribed.ended` says so, and OK comes after the replay, or at once."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var finished = await subject.Jobs.FinishedAsync(token);
        if (!(await subject.HistoryAsync(finished, 0, token)).Events.Any(Story.IsTerminal))
        {
            throw new NotApplicableException($"{finished} has no terminal event: has it ended? --finished-job names one that has.");
        }

        var whole = await EndedAsync(subject, finished, 0, token);
        await EndedAsync(subject, finished, whole.Events.LastOrDefault()?.Id ?? 0, token);
        var liveOnly = await EndedAsync(subject, finished, after: null, token);
        if (liveOnly.Messages.Count > 1)
        {
            throw new BreachException(
                $"On {Spoken.Request(liveOnly.Request)}, which has ended, {Spoken.Message(liveOnly.Messages[1])} came instead of the end."
            );
        }

        if (!subject.Jobs.CanStart)
        {
            throw new NotApplicableException("It needs a job that ends while it is watched: --start-job.");
        }

        var live = JudgeLive(await subject.Jobs.WholeAsync(token), subject);
        return Finding.Pass(
            $"{live.Request.JobId}: OK {Spoken.Time(live.LastAt - live.LastMessageAt)} after its terminal event {live.Events.Last().Id}. {finished}, which had ended: `ended`, and OK."
        );
    }

    private static Story JudgeLive(Story story, Subject subject)
    {
        NothingFollows(story);
        var (job, last, hasTerminal) = (story.Request.JobId, story.Events.LastOrDefault()?.Id ?? 0, story.Events.Any(Story.IsTerminal));
        return story.End switch
        {
            null when !hasTerminal => throw new NotApplicableException(
                $"It needs a job that ends while it is watched, and {subject.Jobs.HasNotEnded(job)}"
            ),
            null => throw new BreachException(
                $"{job} ended with event {last}, and {Spoken.Time(Limits.EndOfStream)} later the stream was still open."
            ),
            { IsOk: false } end => throw new BreachException($"The watch of {job} ended with {end} after event {last}."),
            _ when !hasTerminal => throw new BreachException($"The watch of {job} ended with OK, and no terminal event came."),
            _ => story,
        };
    }

    private static async Task<Story> EndedAsync(Subject subject, string job, long? after, CancellationToken token)
    {
        using var watch = subject.Watch(job, after, token);
        var request = Spoken.Request(watch.Request);
        while (watch.End is null)
        {
            var within =
                watch.Story.HasWholeHistory || after is null && watch.Story.Messages.Count > 0 ? Limits.EndOfStream : Limits.NextMessage;
            if (!await watch.HearsAsync(within, token))
            {
                var last = watch.Story.Messages.Count > 0 ? Spoken.Message(watch.Story.Messages[^1]) : "nothing";
                throw new BreachException(
                    $"The job has ended, and {request} hasn't: {Spoken.Time(within)} after {last} it was still open."
                );
            }
        }

        if (!watch.End.IsOk)
        {
            throw new BreachException($"The job has ended, and {request} ended with {watch.End}, not with OK.");
        }

        if (watch.Story.Subscribed is { Ended: false })
        {
            throw new BreachException($"On {request}, which has ended, `subscribed` doesn't set `ended`.");
        }

        NothingFollows(watch.Story);
        return watch.Story;
    }

    private static void NothingFollows(Story story)
    {
        var events = story.Events.ToList();
        var terminal = events.FindIndex(Story.IsTerminal);
        if (terminal >= 0 && terminal < events.Count - 1)
        {
            throw new BreachException(
                $"In {story.Request.JobId} event {events[terminal + 1].Id} follows event {events[terminal].Id}, which is terminal."
            );
        }
    }
}
