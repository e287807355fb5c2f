using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OptimizationGateway.JobLogs.Jobs;

namespace OptimizationGateway.JobLogs.Tests;

/// <summary>The logs of an application.</summary>
internal sealed class TestLogs(WebApplication app) : IAsyncDisposable
{
    public IJobLogStore Store => Service<IJobLogStore>();

    public static async Task<TestLogs> OpenAsync(Action<IServiceCollection> addLogs, TimeProvider? clock = null, bool sweeps = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        addLogs(builder.Services);
        if (!sweeps)
        {
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(JobSweeper)));
        }

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

    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
