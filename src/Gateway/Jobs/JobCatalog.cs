using System.Buffers;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Jobs;

/// <summary>
/// Tells which jobs there are: asks all backends, and merges their lists into one. It keeps nothing. A backend without the service has no
/// list, and that is no fault.
/// </summary>
internal sealed class JobCatalog(BackendRegistry backends, UpstreamOptions upstream, HeldMemory held, TimeProvider time)
{
    /// <summary>The names of the states that a job can be asked for by.</summary>
    public static IReadOnlyList<string> States => JobStateNames.All;

    /// <summary>Gets a page of jobs.</summary>
    /// <param name="query">The question.</param>
    /// <param name="caller">The caller's headers.</param>
    /// <param name="mayWatch">Decides which jobs the caller may watch.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task<JobPage> ListAsync(JobQuery query, CallerHeaders caller, Predicate<string> mayWatch, CancellationToken stop)
    {
        var page = new JobPage(held);
        try
        {
            using var inTime = NewDeadline(stop, out var timer);
            using var _ = timer;
            var lists = ListsOf(query, mayWatch);
            await MergeAsync(lists, query.PageSize, page, list => list.FillAsync(caller, page.Hold, inTime.Token, stop));
            page.Missing.AddRange(lists.Where(IsMissing).Select(list => (list.Backend.Name, CodeOf(list.Fault!))));
            page.Next = NextOf(query, lists);
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    /// <summary>Gets one job.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="caller">The caller's headers.</param>
    /// <param name="stop">Ends the request.</param>
    /// <returns>The job as JSON, or the reason that there is none.</returns>
    public async Task<JobLookup> FindAsync(string jobId, CallerHeaders caller, CancellationToken stop)
    {
        if (backends.Find(jobId) is not { } backend)
        {
            return JobLookup.Failed(ErrorCode.JobNotFound);
        }

        using var inTime = NewDeadline(stop, out var timer);
        using var _ = timer;
        try
        {
            var answer = await backend.GetJobAsync(jobId, caller, inTime.Token);
            return answer.Jobs is not { Jobs: [var job] } ? JobLookup.Failed(answer.Fault!)
                : job.JobId == jobId && JsonOf(job) is { } json ? new JobLookup(json, Code: null, IsDescribed: true)
                : JobLookup.Failed(ErrorCode.BackendError);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return JobLookup.Failed(ErrorCode.BackendUnavailable);
        }
    }

    /// <summary>Maps a fault to the code that clients get.</summary>
    public static ErrorCode CodeOf(WatchFault fault) =>
        fault.Kind switch
        {
            WatchFaultKind.NotFound => ErrorCode.JobNotFound,
            WatchFaultKind.Unavailable or WatchFaultKind.Silent => ErrorCode.BackendUnavailable,
            WatchFaultKind.Unauthorized or WatchFaultKind.HeadersTooLarge => ErrorCode.Unauthorized,
            WatchFaultKind.Forbidden => ErrorCode.Forbidden,
            _ => ErrorCode.BackendError,
        };

    private static bool IsMissing(BackendList list) => list.Fault is { Kind: not WatchFaultKind.Unimplemented };

    private static async Task MergeAsync(IReadOnlyList<BackendList> lists, int pageSize, JobPage page, Func<BackendList, Task> fill)
    {
        while (page.Jobs.Count < pageSize)
        {
            await Task.WhenAll(lists.Where(list => list.NeedsPage).Select(fill));
            if (lists.Any(list => list.IsSpent) || lists.Where(list => list.Head is not null).MaxBy(UpdatedAt) is not { } newest)
            {
                return;
            }

            // A job that can't be shown is left out: its neighbours are not to blame.
            if (JsonOf(newest.Take()) is { } json)
            {
                page.Jobs.Add(json);
            }
        }
    }

    private static (long, int) UpdatedAt(BackendList list) => list.Head!.UpdatedAt.Order;

    /// <returns>Null if the job can't be shown. The writer asks for room for the worst, which isn't kept.</returns>
    private static ReadOnlyMemory<byte>? JsonOf(ListedJob job)
    {
        var output = new ArrayBufferWriter<byte>();
        if (!JobTranslator.TryWrite(job.Encoded.Span, output))
        {
            return null;
        }

        return output.WrittenSpan.ToArray();
    }

    private static PageToken? NextOf(JobQuery query, IReadOnlyList<BackendList> lists)
    {
        // A backend that didn't answer keeps its place. If no other has more, there is no next page: it would be asked in vain for ever.
        if (!lists.Any(list => list is { IsAtEnd: false, Fault: null }))
        {
            return null;
        }

        var left = lists.Where(list => !list.IsAtEnd && list.Fault is not { Kind: WatchFaultKind.Unimplemented });
        return new PageToken(
            PageToken.HashOf(query.States, query.Text),
            left.ToDictionary(list => list.Backend.Name, list => list.Position, StringComparer.Ordinal)
        );
    }

    private List<BackendList> ListsOf(JobQuery query, Predicate<string> mayWatch)
    {
        var question = new JobsQuestion(query.PageSize, query.States, query.Text);
        return
        [
            .. from backend in backends.All
            let position = query.Token is { } token ? token.Positions.GetValueOrDefault(backend.Name) : ListPosition.Start
            where position is not null
            select new BackendList(
                backend,
                question,
                position,
                // A job that is routed elsewhere is another backend's to list: there it would be watched.
                job => backends.Find(job.JobId) == backend && mayWatch(job.JobId)
            ),
        ];
    }

    private CancellationTokenSource NewDeadline(CancellationToken stop, out CancellationTokenSource timer)
    {
        timer = new CancellationTokenSource(upstream.ListTimeout, time);
        return CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
    }
}
