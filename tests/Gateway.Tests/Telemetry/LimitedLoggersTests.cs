using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Tests.Telemetry;

/// <summary>Lines that strangers can cause: the first is there, the rest is counted, and one line says so.</summary>
public sealed class LimitedLoggersTests : IAsyncDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly ServiceProvider services;
    private readonly ILoggerFactory loggers;

    public LimitedLoggersTests()
    {
        var all = new ServiceCollection();
        all.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        all.AddSingleton<TimeProvider>(clock);
        LimitedLoggers.Add(all, new LogRule("Server.", LogLevel.Warning, 1), new LogRule("Own", LogLevel.Information, 2, "Code"));
        services = all.BuildServiceProvider();
        loggers = services.GetRequiredService<ILoggerFactory>();
    }

    private IReadOnlyList<string> Lines => [.. services.GetFakeLogCollector().GetSnapshot().Select(line => line.Message)];

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public void Of_a_thousand_lines_of_an_event_there_is_the_first_and_one_that_counts_the_rest()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Say("Server.Http2", LogLevel.Critical, 60, i);
            Say("Server.Http2", LogLevel.Critical, 61, i);
        }

        Assert.Equal(["0", "0"], Lines);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            [
                "999 more lines like this were left out within a minute (event 60, code none).",
                "999 more lines like this were left out within a minute (event 61, code none).",
            ],
            Lines.Skip(2)
        );
        Assert.All(services.GetFakeLogCollector().GetSnapshot(), line => Assert.Equal(LogLevel.Critical, line.Level));

        Say("Server.Http2", LogLevel.Critical, 60, 7);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("7", Lines[^1]);
    }

    [Fact]
    public void Each_code_has_its_own_minute()
    {
        foreach (var code in new[] { "a", "a", "a", "b", "a", "b" })
        {
            Say("Own", LogLevel.Information, 1, code);
        }

        Assert.Equal(["a", "a", "b", "b"], Lines);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("2 more lines like this were left out within a minute (event 1, code a).", Assert.Single(Lines.Skip(4)));
    }

    [Fact]
    public void What_an_operator_asks_for_and_what_no_stranger_can_cause_is_all_there()
    {
        for (var i = 0; i < 10; i++)
        {
            Say("Server.Http2", LogLevel.Debug, 1, i);
            Say("Another", LogLevel.Error, 1, i);
        }

        Assert.Equal(20, Lines.Count);
    }

    [Fact]
    public async Task What_was_left_out_is_told_at_the_end_too()
    {
        var lines = services.GetFakeLogCollector();
        Say("Server.Http2", LogLevel.Warning, 1, 0);
        Say("Server.Http2", LogLevel.Warning, 1, 0);
        await services.DisposeAsync();

        Assert.StartsWith("1 more lines", lines.LatestRecord.Message, StringComparison.Ordinal);
    }

    private void Say(string category, LogLevel level, int id, object code)
    {
        KeyValuePair<string, object?>[] values = [new("Code", code)];
        loggers.CreateLogger(category).Log(level, id, values, exception: null, (state, _) => $"{state[0].Value}");
    }
}
