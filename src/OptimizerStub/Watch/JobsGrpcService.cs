using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.OptimizerStub.Jobs;
using OptimizationGateway.OptimizerStub.Log;
using State = OptimizationGateway.OptimizerStub.Jobs.JobState;

namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>Tells the gateway which jobs there are. The generated ones of <c>load-…</c> aren't listed: nobody counts them.</summary>
internal sealed partial class JobsGrpcService(EventLog log, JobBoard board, ILogger<JobsGrpcService> logger) : JobsService.JobsServiceBase
{
    private const int UsualPageSize = 50;
    private const int MaxPageSize = 200;

    public override Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        if (request.PageSize < 0)
        {
            throw JobsFault.BadRequest("page_size must not be negative.");
        }

        var after = request.PageToken.Length == 0 ? ListPlace.Start : ListPlace.Parse(request.PageToken);
        var size = request.PageSize == 0 ? UsualPageSize : Math.Min(request.PageSize, MaxPageSize);
        // The contract's states are numbered as ours, from 1. One that we don't know is that of no job.
        var states = request.States.Select(state => (State)((int)state - 1)).ToList();
        var filter = new JobsFilter(states, request.Query, after ?? throw JobsFault.BadRequest("page_token is none of ours."), size);
        var page = Read(() => log.ReadJobs(filter));
        var response = new ListJobsResponse { NextPageToken = page.Next?.ToString() ?? "" };
        response.Jobs.AddRange(page.Jobs.Select(JobOf));
        return Task.FromResult(response);
    }

    public override Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context)
    {
        var job = board.Find(request.JobId) ?? throw JobsFault.UnknownJob();
        return Task.FromResult(new GetJobResponse { Job = JobOf(Read(() => log.ReadJob(job.Current.Id))) });
    }

    private static Contracts.V1.Job JobOf(JobRecord record)
    {
        var job = new Contracts.V1.Job
        {
            JobId = record.Id,
            State = (Contracts.V1.JobState)((int)record.State + 1),
            PromptId = record.PromptId,
            DatasetId = record.DatasetId,
            Config = record.Config.ToStruct(),
            Iteration = record.Iteration,
            Stage = record.Stage,
            LastEventId = record.LastEventId,
            CreateTime = record.CreatedAt.ToTimestamp(),
            UpdateTime = record.UpdatedAt.ToTimestamp(),
            ResultPromptId = record.ResultPromptId ?? "",
        };
        if (record.Score is { } score)
        {
            job.Score = score;
        }

        if (record.BestScore is { } best)
        {
            job.BestScore = best;
        }

        return job;
    }

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException error)
        {
            LogUnreadable(error.Message);
            throw JobsFault.Unreadable();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The jobs can't be read: {Error}")]
    private partial void LogUnreadable(string error);
}
