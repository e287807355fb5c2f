using System.Globalization;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary>JobsService over the logs, correct but for one fault.</summary>
internal sealed class BreakableJobs(BreakableHost host) : JobsService.JobsServiceBase
{
    public override Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        var found = host
            .Jobs.All.Select(pair => Describe(pair.Key, pair.Value))
            .Where(job => host.Fault == Fault.ListIgnoresTheFilter || Matches(job, request))
            .OrderByDescending(job => job.UpdateTime.ToDateTimeOffset())
            .ThenBy(job => job.JobId, StringComparer.Ordinal)
            .ToList();
        if (host.Fault == Fault.ListOldestFirst)
        {
            found.Reverse();
        }

        var start = request.PageToken.Length == 0 ? 0 : PlaceIn(found, request.PageToken);
        var size = request.PageSize == 0 ? found.Count : request.PageSize;
        var response = new ListJobsResponse { Jobs = { found.Skip(start).Take(size) } };
        if (start + size < found.Count)
        {
            response.NextPageToken = TokenOf(found, start + size);
        }

        return Task.FromResult(response);
    }

    public override Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context) =>
        host.Jobs.All.FirstOrDefault(pair => pair.Key == request.JobId) is { Value: { } log }
            ? Task.FromResult(new GetJobResponse { Job = Describe(request.JobId, log) })
            : throw new RpcException(new Status(StatusCode.NotFound, "unknown job"));

    private static bool Matches(Job job, ListJobsRequest request) =>
        (request.States.Count == 0 || request.States.Contains(job.State))
        && job.JobId.Contains(request.Query, StringComparison.OrdinalIgnoreCase);

    private Job Describe(string jobId, MemoryLog log)
    {
        var (look, first) = (log.Look(), log.Read(0, 3).FirstOrDefault());
        var last = log.Read(look.Last - 1, look.Last).FirstOrDefault();
        return new Job
        {
            JobId = jobId,
            State = look.Ended ? JobState.Completed : JobState.Running,
            LastEventId = look.Last + (host.Fault == Fault.ListAheadOfTheLog ? 1 : 0),
            CreateTime = first?.Timestamp,
            UpdateTime = last?.Timestamp ?? new() { Seconds = 1 },
        };
    }

    private static string TokenOf(List<Job> found, int taken)
    {
        var last = found[taken - 1].UpdateTime;
        var ties = found.Take(taken).Count(job => job.UpdateTime == last);
        return string.Create(CultureInfo.InvariantCulture, $"{last.Seconds}.{last.Nanos}.{ties}");
    }

    private int PlaceIn(List<Job> found, string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return host.Fault == Fault.ListTakesAnyToken ? 0 : throw new RpcException(new Status(StatusCode.InvalidArgument, "no token"));
        }

        var last = new Google.Protobuf.WellKnownTypes.Timestamp
        {
            Seconds = long.Parse(parts[0], CultureInfo.InvariantCulture),
            Nanos = int.Parse(parts[1], CultureInfo.InvariantCulture),
        };
        var newer = found.Count(job => job.UpdateTime > last);
        var same = found.Count(job => job.UpdateTime == last);
        var ties = int.Parse(parts[2], CultureInfo.InvariantCulture);
        // The mistakes: `<=` for `<`, which repeats, and `<` alone, which loses jobs of the same time.
        return newer
            + host.Fault switch
            {
                Fault.ListRepeatsAtThePagesEnd => 0,
                Fault.ListLosesAtThePagesEnd => same,
                _ => Math.Min(same, ties),
            };
    }
}
