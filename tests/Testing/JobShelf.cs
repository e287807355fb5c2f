using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Testing;

/// <summary>The jobs of a scripted backend, listed as the contract has it.</summary>
public sealed class JobShelf
{
    private readonly Lock gate = new();
    private List<Job> jobs = [];

    /// <summary>Puts a job in, or changes it.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="second">The second in which it last changed.</param>
    /// <param name="change">Sets its other fields.</param>
    public JobShelf Put(string jobId, long second, Action<Job>? change = null)
    {
        var job = new Job
        {
            JobId = jobId,
            State = JobState.Running,
            UpdateTime = new Timestamp { Seconds = second },
        };
        change?.Invoke(job);
        lock (gate)
        {
            // Sorting is stable, so jobs of one time stay in the order in which they came.
            jobs = [.. jobs.Where(other => other.JobId != jobId).Append(job).OrderByDescending(one => one.UpdateTime.ToDateTime())];
        }

        return this;
    }

    /// <summary>Has a backend answer with these jobs.</summary>
    public JobShelf At(ScriptedBackend backend)
    {
        backend.Lists = (request, _) => Task.FromResult(List(request));
        backend.Gets = (request, _) => Task.FromResult(Get(request));
        return this;
    }

    /// <summary>Lists by key: the token has the time of the page's last job, and the number of jobs of that time before it.</summary>
    public ListJobsResponse List(ListJobsRequest request)
    {
        lock (gate)
        {
            var matches = jobs.Where(job =>
                (request.States.Count == 0 || request.States.Contains(job.State))
                && job.JobId.Contains(request.Query, StringComparison.OrdinalIgnoreCase)
            );
            if (request.PageToken.Length > 0)
            {
                var place = Array.ConvertAll(request.PageToken.Split('+'), part => long.Parse(part, CultureInfo.InvariantCulture));
                matches = matches.Where(job => job.UpdateTime.Seconds <= place[0]).Skip((int)place[1]);
            }

            var found = matches.ToList();
            var size = request.PageSize == 0 ? found.Count : request.PageSize;
            var response = new ListJobsResponse { Jobs = { found.Take(size) } };
            if (found.Count > size)
            {
                var last = response.Jobs[^1].UpdateTime.Seconds;
                response.NextPageToken =
                    $"{last}+{jobs.TakeWhile(job => !ReferenceEquals(job, response.Jobs[^1])).Count(job => job.UpdateTime.Seconds == last) + 1}";
            }

            return response;
        }
    }

    private GetJobResponse Get(GetJobRequest request)
    {
        lock (gate)
        {
            return jobs.Find(job => job.JobId == request.JobId) is { } found
                ? new GetJobResponse { Job = found }
                : throw new RpcException(new Status(StatusCode.NotFound, "scripted"));
        }
    }
}
