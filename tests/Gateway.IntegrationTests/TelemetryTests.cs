using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.Testing;
using OptimizationGateway.Testing.Otlp;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>What leaves the gateway for those who run it: by OTLP to a real collector, to Prometheus, as JSON to the console.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_collector_gets_metrics_logs_and_a_trace_from_the_browsers_span_to_the_backends()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var backend = await ScriptedBackend.StartAsync();
        backend.Next(Say.Subscribed(last: 1), Say.Replay(Say.Event(1)), Say.Live(Say.Completed(2)));
        await using var gateway = new GatewayProcess(
            [
                $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url}",
                "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
                "OTEL_RESOURCE_ATTRIBUTES=team=search",
            ],
            [$"--Gateway:Backends:test:Address={backend.Url}"]
        );
        await gateway.Process.StartAsync();
        var (trace, browser) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        await using (var client = await TestClient.ConnectAsync(gateway.SocketUrl))
        {
            await client.SendAsync(
                new
                {
                    type = "subscribe",
                    jobId = "job-1",
                    afterEventId = 0,
                    traceparent = $"00-{trace}-{browser}-01",
                }
            );
            await client.UntilAsync("unsubscribed");
            await client.CloseAsync();
        }

        // What is on its way to the collector is sent before the process ends.
        gateway.Process.Send(Signal.Terminate);
        Assert.Equal(0, await gateway.Process.ExitAsync(TestClient.Deadline));

        var watch = Assert.Single(collector.Spans, span => span.Name == "optimization.v1.OptimizerService/WatchJob");
        Assert.Equal((trace.ToHexString(), browser.ToHexString()), (Hex(watch.TraceId), Hex(watch.ParentSpanId)));
        Assert.Equal($"00-{trace}-{Hex(watch.SpanId)}-01", Assert.Single(backend.Calls).Headers.GetValue("traceparent"));
        Assert.Contains(watch.Attributes, tag => tag.Key == "gateway.job_id" && tag.Value.StringValue == "job-1");
        Assert.Equal("{connection}", collector.Metrics["gateway.connections"]);
        Assert.Equal("s", collector.Metrics["gateway.event.delay"]);
        Assert.Contains(collector.Logs, text => text == "Connection ended.");
        Assert.Equal(("optimization-gateway", "search"), (collector.Resource["service.name"], collector.Resource["team"]));
        Assert.Equal(BuildVersion.Version, collector.Resource["service.version"]);

        // Nothing was refused, so this is the counter's 0.
        Assert.Equal("{connection}", collector.Metrics["gateway.connections.refused"]);
    }

    [Fact]
    public async Task A_watch_that_fails_is_a_span_with_its_cause_and_the_next_one_belongs_to_the_same_trace()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var backend = await ScriptedBackend.StartAsync();
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        backend.Next(ScriptedBackend.Fail(Grpc.Core.StatusCode.Unavailable));
        backend.Next(Say.Subscribed(last: 0), Say.Live(Say.Completed(1)));
        var gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url}",
            "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
        );
        await using (gateway)
        {
            await using var client = await TestClient.ConnectAsync(
                gateway.SocketUrl,
                options => options.SetRequestHeader("traceparent", $"00-{trace}-b7ad6b7169203331-01")
            );

            await client.SubscribeAsync("job-1");
            await client.UntilAsync("unsubscribed");
            await client.CloseAsync();
        }

        // What was on its way to the collector was sent before the gateway was gone.
        // Spans of this process come too that are other tests'.
        var watches = collector
            .Spans.Where(span => span.Name == "optimization.v1.OptimizerService/WatchJob" && Hex(span.TraceId) == trace)
            .ToList();
        Assert.Equal([2, 0], watches.Select(span => span.Status?.Code ?? 0));
        Assert.Contains(watches[0].Attributes, tag => tag.Key == "error.type" && tag.Value.StringValue == "Unavailable");
    }

    [Theory]
    [InlineData("\"no trace\"")]
    [InlineData("\"00-00000000000000000000000000000000-0000000000000000-01\"")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task A_traceparent_that_is_none_is_ignored(string value)
    {
        await using var bridge = await Bridge.OpenAsync();
        bridge.Backend.Next(Say.Subscribed(last: 0));

        await bridge.Client.SendTextAsync($$"""{"type":"subscribe","jobId":"job-1","traceparent":{{value}}}""");

        await bridge.Client.NextAsync("subscribed");
    }

    [Fact]
    public async Task Prometheus_is_answered_only_where_the_settings_say_so()
    {
        await using var backend = await ScriptedBackend.StartAsync();
        await using var silent = await TestGateway.StartAsync(backend.Url);
        await using var open = await TestGateway.StartAsync(backend.Url, time: null, "Gateway:Telemetry:Prometheus=true");
        using var http = new HttpClient();

        using var refused = await http.GetAsync(new Uri(silent.HttpUrl, "/metrics"), TestContext.Current.CancellationToken);
        var answer = await http.GetStringAsync(new Uri(open.HttpUrl, "/metrics"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains("gateway_outbox_bytes", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER=true", true)]
    [InlineData("Logging__Console__FormatterName=json", true)]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER=false", false)]
    public async Task Logs_are_JSON_in_a_container_or_where_the_settings_say_so(string variable, bool isJson)
    {
        await using var gateway = new GatewayProcess([variable], ["--Gateway:Backends:test:Address=http://127.0.0.1:1"]);
        await gateway.Process.StartAsync();
        await using (var client = await TestClient.ConnectAsync(gateway.SocketUrl))
        {
            await client.CloseAsync();
        }

        await Until.TrueAsync(() => Task.FromResult(Line() is not null), "the connection's line is there");
        Assert.Equal(isJson, IsJson(Line()!));
        if (isJson)
        {
            // .NET's own format has 636.
            Assert.True(Line()!.Length <= 318, Line());
        }

        string? Line() =>
            gateway
                .Process.Output.Split('\n')
                .FirstOrDefault(line => line.Contains(isJson ? "ended." : "ended after", StringComparison.Ordinal));
    }

    private static bool IsJson(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.GetProperty("Category").GetString()!.EndsWith("Session", StringComparison.Ordinal);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);
}
