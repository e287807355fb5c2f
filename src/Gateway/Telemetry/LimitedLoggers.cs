using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>
/// Makes loggers. Those whose lines strangers can cause are limited, so that nobody fills a disk or hides a line among thousands: for all
/// providers at once, and for the server's own lines as for ours.
/// </summary>
internal sealed class LimitedLoggers(LoggerFactory inner, IReadOnlyList<LogRule> rules, TimeProvider time) : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, LimitedLogger> limited = new(StringComparer.Ordinal);

    public static void Add(IServiceCollection services, params LogRule[] rules)
    {
        services.AddSingleton<LoggerFactory>();
        services.Replace(
            ServiceDescriptor.Singleton<ILoggerFactory>(provider => new LimitedLoggers(
                provider.GetRequiredService<LoggerFactory>(),
                rules,
                provider.GetRequiredService<TimeProvider>()
            ))
        );
    }

    public ILogger CreateLogger(string categoryName)
    {
        var rule = rules.FirstOrDefault(rule => categoryName.StartsWith(rule.Category, StringComparison.Ordinal));
        return rule is null
            ? inner.CreateLogger(categoryName)
            : limited.GetOrAdd(categoryName, name => new LimitedLogger(inner.CreateLogger(name), rule, time));
    }

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The loggers below are the container's to dispose of, after this.</summary>
    public void Dispose()
    {
        foreach (var logger in limited.Values)
        {
            logger.Dispose();
        }
    }
}
