using System.Text;
using System.Text.Json;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Json;

namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>All that a store tells, as text that can be compared with another store's. Epochs are random, and told by when they change.</summary>
internal sealed class StoreView(IJobLogStore store, string prefix, CancellationToken token)
{
    private readonly Dictionary<string, int> epochs = new(StringComparer.Ordinal);

    public async Task<string> DoAsync(Step step)
    {
        switch (step)
        {
            case AppendStep { Append: var append }:
                return await AppendAsync(append with { JobId = prefix + append.JobId, Events = [.. append.Events.Select(e => e.Clone())] });
            case SweepStep:
                await store.SweepAsync(token);
                return "swept";
            default:
                return "";
        }
    }

    public async Task<string> TellAsync()
    {
        var text = new StringBuilder();
        var query = new JobListQuery([], prefix.ToUpperInvariant(), After: null, Limit: 2);
        for (JobList? page = null; page?.Next is not null || page is null; query = query with { After = page.Next })
        {
            page = await store.ListAsync(query, token);
            foreach (var job in page.Jobs)
            {
                text.AppendLine($"listed {job}");
                text.AppendLine($"described {await store.DescribeAsync(job.JobId, token)}");
                text.AppendLine(await ReadAsync(job.JobId));
            }
        }

        var running = await store.ListAsync(new JobListQuery([JobState.Running, JobState.Queued], prefix, After: null, Limit: 9), token);
        return text.AppendLine($"running {string.Join(' ', running.Jobs.Select(job => job.JobId))}").ToString();
    }

    private async Task<string> ReadAsync(string jobId)
    {
        var text = new StringBuilder();
        var page = await store.ReadAsync(jobId, 0, token);
        text.AppendLine(Tell(page!.State)).AppendLine($"found {Tell((await store.FindAsync(jobId, token))!)}");
        foreach (var jobEvent in page.Events)
        {
            using var data = new MemoryStream();
            using (var json = new Utf8JsonWriter(data))
            {
                PayloadJson.Write(json, jobEvent);
            }

            var time = jobEvent.Timestamp.ToDateTime();
            text.Append(
                    $"{jobEvent.Id} {jobEvent.PreviousId} {PayloadJson.TypeOf(jobEvent)} {jobEvent.Iteration} {jobEvent.Stage} {time:O} "
                )
                .AppendLine(Encoding.UTF8.GetString(data.ToArray()));
        }

        return text.ToString();
    }

    private async Task<string> AppendAsync(JobAppend append)
    {
        try
        {
            var made = await store.AppendAsync(append, token);
            return $"{Tell(made.State)} new {made.IsNew} repeat {made.IsRepeat} sequence {made.ProducerSequence}";
        }
        catch (ProducerException refusal)
        {
            return $"{refusal.Refusal} {refusal.Epoch} {refusal.ExpectedSequence} {refusal.Message}";
        }
        catch (Exception refusal) when (refusal is AppendConflictException or JobEndedException)
        {
            return $"{refusal.GetType().Name} {refusal.Message}";
        }
    }

    private string Tell(JobLogState state)
    {
        if (!epochs.TryGetValue(state.Epoch, out var number))
        {
            epochs.Add(state.Epoch, number = epochs.Count);
        }

        return $"epoch {number} {state.EarliestId}..{state.LastId} ended {state.Ended}";
    }
}
