using System.Collections.Concurrent;

namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>A category's logger that limits its lines by event and code.</summary>
internal sealed partial class LimitedLogger(ILogger inner, LogRule rule, TimeProvider time) : ILogger, IDisposable
{
    private readonly ConcurrentDictionary<(int Event, string? Code, LogLevel Level), LineLimit> limits = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel < rule.From || (IsEnabled(logLevel) && LimitOf(logLevel, eventId, CodeOf(state)).TryTake()))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    /// <summary>Logs the counts of suppressed lines that haven't been logged yet.</summary>
    public void Dispose()
    {
        foreach (var limit in limits.Values)
        {
            limit.Dispose();
        }
    }

    private LineLimit LimitOf(LogLevel level, EventId id, string? code) =>
        limits.GetOrAdd(
            (id.Id, code, level),
            _ => new LineLimit(time, rule.PerMinute, count => LeftOut(inner, level, count, id, code ?? "none"))
        );

    private string? CodeOf<TState>(TState state) =>
        rule.Code is not null && state is IReadOnlyList<KeyValuePair<string, object?>> values
            ? values.FirstOrDefault(pair => string.Equals(pair.Key, rule.Code, StringComparison.Ordinal)).Value?.ToString()
            : null;

    [LoggerMessage(Message = "{Count} more lines like this were left out within a minute (event {Event}, code {Code}).")]
    private static partial void LeftOut(ILogger logger, LogLevel level, int count, EventId @event, string code);
}
