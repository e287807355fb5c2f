using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.JobLogs.Sqlite;

namespace OptimizationGateway.JobLogs.Tests;

/// <summary>The logs of an application, in a folder of the test.</summary>
internal sealed class TestLogs(WebApplication app) : IAsyncDisposable
{
    public SqliteJobLogStore Store => app.Services.GetRequiredService<SqliteJobLogStore>();

    public static async Task<TestLogs> OpenAsync(string directory, Action<JobLogsOptions>? configure = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddJobLogs(logs =>
        {
            logs.Directory = directory;
            configure?.Invoke(logs);
        });
        var app = builder.Build();
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new TestLogs(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
