using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>A scripted backend, a gateway, and an HTTP client that reads a job's events.</summary>
internal sealed class EventsBridge : IAsyncDisposable
{
    public const string Job = "/jobs/job-1/events";

    /// <summary>The offset behind event 0 of a log with the epoch of <see cref="Say"/>.</summary>
    public const string Start = "0000000000000000_ZTE";

    public required ScriptedBackend Backend { get; init; }

    public required TestGateway Gateway { get; init; }

    public required HttpClient Http { get; init; }

    public static async Task<EventsBridge> OpenAsync(Clock? clock = null, params string[] settings)
    {
        var backend = await ScriptedBackend.StartAsync();
        var gateway = await TestGateway.StartAsync(backend.Url, clock, settings);
        return new EventsBridge
        {
            Backend = backend,
            Gateway = gateway,
            Http = new HttpClient { BaseAddress = gateway.HttpUrl, Timeout = TestClient.Deadline },
        };
    }

    /// <summary>The offset behind an event.</summary>
    public static string Offset(long id) => $"{id:D16}_ZTE";

    public Task<EventsReply> GetAsync(string query = "", string path = Job, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, query, path, headers);

    public async Task<EventsReply> SendAsync(
        HttpMethod method,
        string query = "",
        string path = Job,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path + query);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request);
        return await EventsReply.ReadAsync(response);
    }

    /// <summary>Opens an event stream.</summary>
    public Task<EventsReader> StreamAsync(string query = "?offset=-1&live=sse", params (string Name, string Value)[] headers) =>
        EventsReader.OpenAsync(Http, Job + query, headers);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Gateway.DisposeAsync();
        await Backend.DisposeAsync();
    }
}

/// <summary>An answer with events, or with a problem.</summary>
internal sealed record EventsReply(int Status, Dictionary<string, string> Headers, string Body)
{
    public long[] Ids =>
        Status == 200
            ? [.. JsonNode.Parse(Body)!.AsArray().Select(one => (long)one!["id"]!)]
            : throw new InvalidOperationException($"Instead of events came {Status}: {Body}");

    public string? Code => (string?)Problem["code"];

    public JsonObject Problem => JsonNode.Parse(Body)!.AsObject();

    public string? this[string header] => Headers.GetValueOrDefault(header);

    public static async Task<EventsReply> ReadAsync(HttpResponseMessage response)
    {
        // As they came: .NET's own parsing puts some into another order.
        var headers = response
            .Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new EventsReply((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }
}
