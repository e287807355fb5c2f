using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Jobs;

/// <summary>One backend's part of a list: reads its pages as they are needed, and keeps its place.</summary>
/// <param name="backend">The backend.</param>
/// <param name="question">The question, without a token.</param>
/// <param name="start">The place to begin at.</param>
/// <param name="isShown">Decides which jobs the caller gets to see.</param>
internal sealed class BackendList(Backend backend, JobsQuestion question, ListPosition start, Predicate<ListedJob> isShown)
{
    /// <summary>The most pages that one request reads of a backend: a caller that may see few jobs gets short pages instead of a long wait.</summary>
    private const int MostPages = 10;

    private IReadOnlyList<ListedJob> page = [];
    private string nextToken = "";
    private int next;
    private int pages;

    /// <summary>The backend.</summary>
    public Backend Backend => backend;

    /// <summary>The place behind the last job that was taken.</summary>
    public ListPosition Position { get; private set; } = start;

    /// <summary>The next job; null if a page has to be read to know it, or there is none.</summary>
    public ListedJob? Head => next < page.Count ? page[next] : null;

    /// <summary>The fault that ended the reading; null if there is none.</summary>
    public WatchFault? Fault { get; private set; }

    /// <summary>True if there are no more jobs.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>True if a page has to be read before the next job is known.</summary>
    public bool NeedsPage => Head is null && !IsAtEnd && Fault is null;

    /// <summary>True if it needs a page that it may not read any more.</summary>
    public bool IsSpent => NeedsPage && pages == MostPages;

    /// <summary>Reads pages until the next job is known, or there is none, or it may read no more.</summary>
    /// <param name="caller">The caller's headers.</param>
    /// <param name="hold">Called with the size of each page.</param>
    /// <param name="inTime">Ends the wait for the backend.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task FillAsync(CallerHeaders caller, Action<int> hold, CancellationToken inTime, CancellationToken stop)
    {
        while (NeedsPage && !IsSpent)
        {
            pages++;
            var answer = await AskAsync(caller, inTime, stop);
            if (answer.Jobs is not { } jobs)
            {
                Fault = answer.Fault;
                return;
            }

            hold(jobs.Bytes);
            (page, nextToken, next) = (jobs.Jobs, jobs.NextPageToken, Position.TakenOf(jobs.Jobs));
            SkipHidden();
        }
    }

    /// <summary>Takes the next job.</summary>
    public ListedJob Take()
    {
        var job = page[next];
        Step();
        SkipHidden();
        return job;
    }

    private void SkipHidden()
    {
        while (next < page.Count && !isShown(page[next]))
        {
            Step();
        }

        if (next < page.Count)
        {
            return;
        }

        IsAtEnd = nextToken.Length == 0;
        Position = new ListPosition(nextToken);
    }

    private void Step()
    {
        Position = Position.Behind(page[next].UpdatedAt);
        next++;
    }

    private async Task<JobsAnswer> AskAsync(CallerHeaders caller, CancellationToken inTime, CancellationToken stop)
    {
        try
        {
            return await backend.ListJobsAsync(question with { PageToken = Position.PageToken }, caller, inTime);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return JobsAnswer.Failed(WatchFault.Silent);
        }
    }
}
