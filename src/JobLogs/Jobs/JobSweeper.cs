using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OptimizationGateway.JobLogs.Jobs;

/// <summary>Does once a second what is due: leases that have run out, jobs that are too old.</summary>
internal sealed partial class JobSweeper(IJobLogStore store, TimeProvider time, ILogger<JobSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

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
        }
        catch (Exception error) when (error is DbException or IOException or TimeoutException)
        {
            // What is due stays due.
            LogNotSwept(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leases and old jobs can't be looked at: {Error}. They are again in a second")]
    private partial void LogNotSwept(string error);
}
