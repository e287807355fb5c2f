using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Hosting.Telemetry;

namespace OptimizationGateway.Hosting.Tests.Telemetry;

public sealed class JsonLinesTests
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, 67, TimeSpan.Zero));

    [Fact]
    public void A_line_has_its_text_once_and_its_values_beside_it()
    {
        var line = Write([new("Backend", "a\nb"), new("Count", 3), new("Is", true), new("{OriginalFormat}", "{Backend} {Count} {Is}")]);

        Assert.Equal(
            """
            {"Timestamp":"2030-01-02T03:04:05.067Z","LogLevel":"Warning","Category":"Some","Message":"the text","State":{"Backend":"a\nb","Count":3,"Is":true}}

            """,
            line
        );
    }

    [Fact]
    public void A_template_without_places_for_values_is_the_text() =>
        Assert.Equal("Ended.", (string?)JsonNode.Parse(Write([new("Count", 3), new("{OriginalFormat}", "Ended.")]))!["Message"]);

    [Fact]
    public void Without_values_there_is_no_state_and_a_fault_is_there_with_its_stack()
    {
        var line = JsonNode.Parse(Write([new("{OriginalFormat}", "the text")], new InvalidOperationException("broken")))!;

        Assert.Null(line["State"]);
        Assert.StartsWith("System.InvalidOperationException: broken", (string?)line["Exception"], StringComparison.Ordinal);
    }

    [Fact]
    public void Scopes_are_there_where_the_settings_ask_for_them()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push("a request");

        Assert.Null(JsonNode.Parse(Write([], scopes: scopes))!["Scopes"]);
        Assert.Equal("a request", (string?)JsonNode.Parse(Write([], scopes: scopes, includesScopes: true))!["Scopes"]![0]);
    }

    private static string Write(
        List<KeyValuePair<string, object?>> state,
        Exception? fault = null,
        IExternalScopeProvider? scopes = null,
        bool includesScopes = false
    )
    {
        using var output = new StringWriter { NewLine = "\n" };
        var lines = new JsonLines(new Fixed(new ConsoleFormatterOptions { IncludeScopes = includesScopes }), Clock);
        var entry = new LogEntry<List<KeyValuePair<string, object?>>>(
            LogLevel.Warning,
            "Some",
            new EventId(1),
            state,
            fault,
            (_, _) => "the text"
        );
        lines.Write(entry, scopes, output);
        return output.ToString();
    }

    private sealed class Fixed(ConsoleFormatterOptions options) : IOptionsMonitor<ConsoleFormatterOptions>
    {
        public ConsoleFormatterOptions CurrentValue => options;

        public ConsoleFormatterOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<ConsoleFormatterOptions, string?> listener) => null;
    }
}
