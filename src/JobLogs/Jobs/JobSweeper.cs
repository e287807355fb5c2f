using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OptimizationGateway.JobLogs.Jobs;

/// <summary>Does once a second what is due: leases that have run out, jobs that are too old.</summary>
internal sealed partial class JobSweeper(IJobLogStore store, TimeProvider time, ILogger<JobSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private bool isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops, perhaps before it has started.
        }
    }

    private async Task SweepAsync(CancellationToken token)
    {
        try
        {
            await store.SweepAsync(token);
            if (isFailing)
            {
                isFailing = false;
                LogSweptAgain();
            }
        }
        catch (Exception error) when (error is DbException or IOException or TimeoutException)
        {
            // What is due stays due. An outage is told once, however long it lasts.
            if (!isFailing)
            {
                isFailing = true;
                LogNotSwept(error.FirstLine());
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Jobs whose lease has run out can't be told, nor old ones deleted: {Error}. It is tried every second"
    )]
    private partial void LogNotSwept(string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Jobs whose lease has run out are told again, and old ones deleted")]
    private partial void LogSweptAgain();
}
