using System.Globalization;
using Microsoft.Extensions.Options;
using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub.Log;

namespace OptimizationGateway.OptimizerStub.Load;

/// <summary>The generated jobs, by name: <c>load-&lt;n&gt;</c> and <c>paced-&lt;rate&gt;</c>. They can be watched and nothing else.</summary>
internal sealed class LoadJobs(EventLog log, IOptions<StubOptions> options, TimeProvider time)
{
    private const int MaxEvents = 1_000_000;
    private const int MaxRate = 10_000;

    private readonly Lazy<LoadClock> clock = new(() => new LoadClock(time, log.CreatedAt));

    public IJobLog? Find(string jobId)
    {
        if (!options.Value.LoadJobs)
        {
            return null;
        }

        if (Number(jobId, "load-", MaxEvents) is { } count)
        {
            return new FinishedLoad(Events(jobId), count);
        }

        return Number(jobId, "paced-", MaxRate) is { } rate
            ? new PacedLoad(Events(jobId), rate, options.Value.RetainEventsPerJob, log.Epoch, clock.Value)
            : null;
    }

    private LoadEvents Events(string jobId) => new(jobId, options.Value.MarkLoadEvents);

    // Written one way only: load-010 would be a second name for the log of load-10.
    private static int? Number(string jobId, string prefix, int max)
    {
        var isNumber = int.TryParse(
            jobId.AsSpan(Math.Min(prefix.Length, jobId.Length)),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        );
        var isName = isNumber && jobId == string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");
        return isName && number >= 1 && number <= max ? number : null;
    }
}
