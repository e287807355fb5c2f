using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;

namespace OptimizationGateway.Demo;

/// <summary>
/// The log server's store without the ids of the optimizer's jobs. The gateway asks the optimizer for those: a job of that name in the log
/// server would never be shown.
/// </summary>
internal sealed class UsersJobs(IJobLogStore store) : IJobLogStore
{
    /// <summary>The beginnings of the ids of the optimizer's jobs.</summary>
    public static readonly string[] Optimizers = ["job-", "load-", "paced-"];

    public bool IsFailing => store.IsFailing;

    public bool IsFull => store.IsFull;

    /// <summary>Puts it before the store that the services have.</summary>
    public static void Guard(IServiceCollection services)
    {
        var guarded = services.Last(service => service.ServiceType == typeof(IJobLogStore)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Singleton<IJobLogStore>(provider => new UsersJobs((IJobLogStore)guarded(provider))));
    }

    /// <inheritdoc />
    public Task<JobAppendResult> AppendAsync(JobAppend append, CancellationToken token) =>
        Optimizers.FirstOrDefault(prefix => append.JobId.StartsWith(prefix, StringComparison.Ordinal)) is { } taken
            ? throw new ArgumentException(
                $"In the demo a job whose id begins with {taken} is the optimizer's: give yours another name. Nothing was appended.",
                nameof(append)
            )
            : store.AppendAsync(append, token);

    public ValueTask<JobLogState?> FindAsync(string jobId, CancellationToken token) => store.FindAsync(jobId, token);

    public ValueTask<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token) =>
        store.ReadAsync(jobId, afterEventId, token);

    public Task<bool> WaitAsync(string jobId, long afterEventId, TimeSpan within, CancellationToken token) =>
        store.WaitAsync(jobId, afterEventId, within, token);

    public ValueTask<Job?> DescribeAsync(string jobId, CancellationToken token) => store.DescribeAsync(jobId, token);

    public ValueTask<JobList> ListAsync(JobListQuery query, CancellationToken token) => store.ListAsync(query, token);

    public Task SweepAsync(CancellationToken token) => store.SweepAsync(token);
}
