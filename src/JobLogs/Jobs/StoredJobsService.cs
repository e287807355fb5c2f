using System.Data.Common;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Jobs;

/// <summary>Tells which jobs a store has.</summary>
internal sealed partial class StoredJobsService(IJobLogStore store, ILogger<StoredJobsService> logger) : JobsService.JobsServiceBase
{
    private const int UsualPageSize = 50;
    private const int MaxPageSize = 200;

    public override async Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        if (request.PageSize < 0)
        {
            throw BadRequest("page_size must not be negative.");
        }

        var after =
            request.PageToken.Length == 0 ? null : JobListToken.Read(request.PageToken) ?? throw BadRequest("page_token is none of ours.");
        var size = request.PageSize == 0 ? UsualPageSize : Math.Min(request.PageSize, MaxPageSize);
        var query = new JobListQuery([.. request.States], request.Query, after, size);
        var page = await ReadAsync(store.ListAsync(query, context.CancellationToken));
        var response = new ListJobsResponse { NextPageToken = page.Next is { } next ? JobListToken.Write(next) : "" };
        response.Jobs.AddRange(page.Jobs);
        return response;
    }

    public override async Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context) =>
        new()
        {
            Job =
                await ReadAsync(store.DescribeAsync(request.JobId, context.CancellationToken))
                ?? throw new RpcException(new Status(StatusCode.NotFound, "There is no such job.")),
        };

    private static RpcException BadRequest(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    private async ValueTask<T> ReadAsync<T>(ValueTask<T> read)
    {
        try
        {
            return await read;
        }
        catch (Exception error) when (error is DbException or IOException or TimeoutException)
        {
            LogUnreadable(error.FirstLine());
            throw new RpcException(new Status(StatusCode.Unavailable, "The event log can't be read at the moment."));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The jobs can't be read: {Error}")]
    private partial void LogUnreadable(string error);
}
