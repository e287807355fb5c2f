using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http.Streams;

/// <summary>
/// A server of the Durable Streams protocol that keeps streams as jobs' logs, with writes of its own. Reads go through the gateway; of its
/// answers only the events' envelopes are taken off, since the tests want back what they wrote.
/// </summary>
internal sealed class StreamServer : IAsyncDisposable
{
    private static readonly string[] NotPassedOn = ["Transfer-Encoding", "Content-Length", "Content-Type", "Date"];

    private readonly ConcurrentDictionary<string, StreamLog> streams = new(StringComparer.Ordinal);
    private readonly WebApplication app;
    private readonly ScriptedBackend backend;
    private readonly TestGateway gateway;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private StreamServer(WebApplication app, ScriptedBackend backend, TestGateway gateway) =>
        (this.app, this.backend, this.gateway) = (app, backend, gateway);

    public Uri Url => new(app.Urls.Single());

    public static async Task<StreamServer> StartAsync()
    {
        var backend = await ScriptedBackend.StartAsync();
        var gateway = await TestGateway.StartAsync(
            backend.Url,
            time: null,
            "Gateway:Limits:LongPollTimeout=00:00:01",
            "Gateway:Security:AllowedOrigins=*"
        );
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new StreamServer(builder.Build(), backend, gateway);
        backend.Always(
            (request, stream, cancelled) =>
                server.streams.TryGetValue(request.JobId, out var log)
                    ? log.ServeAsync(request, stream, cancelled)
                    : ScriptedBackend.Fail(Grpc.Core.StatusCode.NotFound)(request, stream, cancelled)
        );
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context) =>
        context.Request.Method switch
        {
            "PUT" => CreateAsync(context),
            "POST" => AppendAsync(context),
            _ => ReadAsync(context),
        };

    private async Task CreateAsync(HttpContext context)
    {
        var log = new StreamLog(context.Request.ContentType ?? "application/octet-stream");
        var isNew = streams.TryAdd(JobOf(context), log);
        log = streams[JobOf(context)];
        if (isNew)
        {
            log.Append(await MessagesAsync(context, log), IsClosing(context));
        }

        context.Response.StatusCode = isNew ? 201 : 200;
        context.Response.ContentType = log.ContentType;
        context.Response.Headers.Location = $"{Url.GetLeftPart(UriPartial.Authority)}{context.Request.Path}";
        Tell(context, log);
    }

    private async Task AppendAsync(HttpContext context)
    {
        if (!streams.TryGetValue(JobOf(context), out var log))
        {
            context.Response.StatusCode = 404;
            return;
        }

        if (log.IsClosed && !IsClosing(context))
        {
            context.Response.StatusCode = 409;
        }
        else
        {
            log.Append(await MessagesAsync(context, log), IsClosing(context));
            context.Response.StatusCode = 204;
        }

        Tell(context, log);
    }

    private async Task ReadAsync(HttpContext context)
    {
        var type = streams.TryGetValue(JobOf(context), out var log) ? log.ContentType : "";
        var target = $"/jobs/{Uri.EscapeDataString(JobOf(context))}/events{context.Request.QueryString}";
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(gateway.HttpUrl, target));
        foreach (var header in context.Request.Headers.Where(header => header.Key is not "Host"))
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable());
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (
            var header in answer.Headers.NonValidated.Where(header => !NotPassedOn.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
        )
        {
            context.Response.Headers[header.Key] = header.Value.ToString();
        }

        var sent = answer.Content.Headers.ContentType?.MediaType;
        context.Response.ContentType = sent == "application/json" ? type : sent;
        if (sent == "text/event-stream")
        {
            await StreamAsync(context, await answer.Content.ReadAsStreamAsync(), type);
        }
        else if (context.Request.Method != "HEAD")
        {
            var body = await answer.Content.ReadAsStringAsync();
            await context.Response.WriteAsync(sent == "application/json" ? Bare(body, type) : body);
        }
    }

    private static async Task StreamAsync(HttpContext context, Stream body, string type)
    {
        using var reader = new StreamReader(body, Encoding.UTF8);
        await context.Response.StartAsync();
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            var isData = line.StartsWith("data:[", StringComparison.Ordinal);
            var shown = isData ? string.Join('\n', Bare(line[5..], type).Split('\n').Select(one => $"data:{one}")) : line;
            await context.Response.WriteAsync($"{shown}\n");
        }
    }

    private static string Bare(string events, string type)
    {
        var messages = JsonNode.Parse(events)!.AsArray().Select(one => one!["data"]!["v"]).ToList();
        return IsJson(type)
            ? new JsonArray([.. messages.Select(message => message?.DeepClone())]).ToJsonString()
            : string.Concat(messages.Select(message => (string)message!));
    }

    private static async Task<IEnumerable<Value>> MessagesAsync(HttpContext context, StreamLog log)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        return body.Length == 0 ? []
            : !IsJson(log.ContentType) ? [Value.ForString(body)]
            : JsonNode.Parse(body) is JsonArray many ? many.Select(ToValue)
            : [ToValue(JsonNode.Parse(body))];
    }

    private static Value ToValue(JsonNode? json) => Value.Parser.ParseJson(json?.ToJsonString() ?? "null");

    private static bool IsJson(string type) => type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);

    private static bool IsClosing(HttpContext context) => context.Request.Headers["Stream-Closed"] == "true";

    private static string JobOf(HttpContext context) => context.Request.Path.Value!;

    private static void Tell(HttpContext context, StreamLog log)
    {
        context.Response.Headers["Stream-Next-Offset"] = EventsBridge.Offset(log.Last);
        if (log.IsClosed)
        {
            context.Response.Headers["Stream-Closed"] = "true";
        }
    }
}
