using Grpc.Core;
using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Restart()
    : Rule(
        "restart",
        "8.5",
        "What was sent is there after a kill -9 and a restart: the job's epoch, and each event with its id and its content."
    )
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AShortWhile = TimeSpan.FromMilliseconds(500);

    public override Turn Turn => Turn.Last;

    public override TimeSpan Deadline(Subject subject) => base.Deadline(subject) + LongestStart;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var command =
            subject.Options.RestartCommand
            ?? throw new NotApplicableException(
                "It needs a backend that may be killed: --restart-command kills it with -9 and starts it again."
            );
        var seen = new List<Story> { await subject.HistoryAsync(await subject.Jobs.FinishedAsync(token), 0, token) };
        var running = subject.Jobs.CanStart ? await subject.Jobs.NewAsync(token) : null;
        if (running is not null)
        {
            await running.RunsAsync(token);
            await Task.Delay(AShortWhile, subject.Time, token);
        }

        var hadEnded = running?.HasEnded ?? false;
        await Shell.RunAsync("--restart-command", command, token);
        await IsBackAsync(subject, seen[0].Request.JobId, token);
        if (running is not null)
        {
            var story = await running.WholeAsync(token);
            if (!hadEnded && story.End is null or { IsOk: true } && !story.Events.Any(Story.IsTerminal))
            {
                throw new KitFaultException(
                    $"The watch of {running.Id} didn't break while --restart-command ran: it must kill the backend with -9 and start it again."
                );
            }

            seen.Add(story);
        }

        foreach (var story in seen)
        {
            Compare(story, await AgainAsync(subject, story, token));
        }

        var events = Spoken.Count(seen.Sum(story => story.Events.Count()), "event");
        var also = running is null ? " A job that runs wasn't looked at: --start-job." : "";
        return Finding.Pass($"{events} of {Spoken.Count(seen.Count, "job")} were there after the restart, under the same epoch.{also}");
    }

    /// <summary>Waits until the backend serves again.</summary>
    private static async Task IsBackAsync(Subject subject, string job, CancellationToken token)
    {
        for (var since = subject.Time.GetTimestamp(); ; await Task.Delay(AShortWhile, subject.Time, token))
        {
            using var watch = subject.Watch(job, 0, token);
            if (
                await watch.HearsAsync(subject.Options.FirstMessage, token)
                && watch.End is not ({ IsTransport: true } or { Status: StatusCode.Unavailable })
            )
            {
                return;
            }

            if (subject.Time.GetElapsedTime(since) > LongestStart)
            {
                throw new KitFaultException($"The backend didn't serve within {Spoken.Time(LongestStart)} after --restart-command.");
            }
        }
    }

    private static async Task<Story> AgainAsync(Subject subject, Story seen, CancellationToken token)
    {
        try
        {
            return await subject.HistoryAsync(seen.Request.JobId, 0, token);
        }
        catch (BreachException breach)
        {
            throw new BreachException($"After the restart: {breach.Message}", breach.Refusal);
        }
    }

    private static void Compare(Story seen, Story again)
    {
        var job = seen.Request.JobId;
        if (seen.Subscribed?.Epoch != again.Subscribed?.Epoch)
        {
            throw new BreachException(
                $"The epoch of {job} was '{seen.Subscribed?.Epoch}', and is '{again.Subscribed?.Epoch}' after the restart: whoever watches it must begin again."
            );
        }

        var found = again.Events.ToDictionary(e => e.Id);
        foreach (var e in seen.Events)
        {
            if (!found.TryGetValue(e.Id, out var other))
            {
                throw new BreachException($"Event {e.Id} of {job} was sent before the restart, and isn't there after it.");
            }

            if (!e.Equals(other))
            {
                throw new BreachException($"Event {e.Id} of {job} is another one after the restart.");
            }
        }
    }
}
