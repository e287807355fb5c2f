using Grpc.Core;
using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>Calls of JobsService. A status other than OK is a breach, unless it is the one that is expected.</summary>
internal sealed class JobListing(CallInvoker invoker, Metadata metadata)
{
    // Where pages don't end; far above what anybody turns.
    private const int MostPages = 1000;

    private readonly JobsService.JobsServiceClient client = new(invoker);

    public async Task<ListJobsResponse> PageAsync(ListJobsRequest request, CancellationToken token)
    {
        var page = await AskAsync($"ListJobs({request})", client.ListJobsAsync(request, metadata, Deadline, token));
        if (request.PageSize > 0 && page.Jobs.Count > request.PageSize)
        {
            throw new BreachException($"ListJobs({request}) was answered with {page.Jobs.Count} jobs.");
        }

        return page;
    }

    /// <returns>The job; null where the backend doesn't know it.</returns>
    public async Task<Job?> JobAsync(string jobId, CancellationToken token)
    {
        var request = new GetJobRequest { JobId = jobId };
        try
        {
            return (await client.GetJobAsync(request, metadata, Deadline, token)).Job;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException e)
        {
            throw new BreachException($"GetJob({request}) was answered by {End(e)}.");
        }
    }

    /// <summary>Turns pages, as many as there are but no more than asked for.</summary>
    /// <param name="question">The question; the token is filled in.</param>
    /// <param name="most">The most pages.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The jobs, and whether they are all.</returns>
    public async Task<(List<Job> Jobs, bool AreAll)> PagesAsync(ListJobsRequest question, int most, CancellationToken token)
    {
        var (jobs, request) = (new List<Job>(), question.Clone());
        for (var pages = 0; pages < Math.Min(most, MostPages); pages++)
        {
            var page = await PageAsync(request, token);
            jobs.AddRange(page.Jobs);
            if (page.NextPageToken.Length == 0)
            {
                return (jobs, true);
            }

            request.PageToken = page.NextPageToken;
        }

        return (jobs, false);
    }

    /// <summary>Makes a call that has to be refused.</summary>
    public async Task RefusedAsync(ListJobsRequest request, StatusCode with, CancellationToken token) =>
        await RefusedAsync($"ListJobs({request})", client.ListJobsAsync(request, metadata, Deadline, token), with);

    /// <inheritdoc cref="RefusedAsync(ListJobsRequest, StatusCode, CancellationToken)"/>
    public async Task RefusedAsync(GetJobRequest request, StatusCode with, CancellationToken token) =>
        await RefusedAsync($"GetJob({request})", client.GetJobAsync(request, metadata, Deadline, token), with);

    private static DateTime Deadline => DateTime.UtcNow + Limits.NextMessage;

    private static WatchEnd End(RpcException e) => new(e.StatusCode, e.Status.Detail, []);

    private static async Task<T> AskAsync<T>(string what, AsyncUnaryCall<T> call)
    {
        using (call)
        {
            try
            {
                return await call;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
            {
                throw new NotApplicableException("The backend has no JobsService, which is optional: its jobs are in no list.");
            }
            catch (RpcException e)
            {
                throw new BreachException($"{what} was answered by {End(e)}.");
            }
        }
    }

    private static async Task RefusedAsync<T>(string what, AsyncUnaryCall<T> call, StatusCode with)
    {
        using (call)
        {
            try
            {
                await call;
                throw new BreachException($"{what} was answered; {WatchEnd.Name(with)} was due.");
            }
            catch (RpcException e) when (e.StatusCode != with)
            {
                throw new BreachException($"{what} was answered by {End(e)}; {WatchEnd.Name(with)} was due.");
            }
            catch (RpcException)
            {
                // As it should be.
            }
        }
    }
}
