using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>A reader of an event stream, by .NET's own parser.</summary>
internal sealed class EventsReader : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly Stream body;
    private readonly IAsyncEnumerator<SseItem<string>> items;

    public EventsReader(HttpResponseMessage response, Stream body)
    {
        this.response = response;
        this.body = body;
        Parser = SseParser.Create(body);
        items = Parser.EnumerateAsync().GetAsyncEnumerator();
    }

    public SseParser<string> Parser { get; }

    public HttpResponseMessage Response => response;

    /// <summary>All that came.</summary>
    public List<SseItem<string>> All { get; } = [];

    /// <summary>The ids of the events that came.</summary>
    public IEnumerable<long> Ids => All.Where(item => item.EventType == "data").SelectMany(item => IdsOf(item.Data));

    /// <summary>The control events that came.</summary>
    public List<JsonObject> Controls => [.. All.Where(item => item.EventType == "control").Select(item => ObjectOf(item.Data))];

    public static async Task<EventsReader> OpenAsync(HttpClient http, string url, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        return new EventsReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next item; null at the end of the stream.</summary>
    public async Task<SseItem<string>?> NextAsync()
    {
        if (!await items.MoveNextAsync().AsTask().WaitAsync(TestClient.Deadline))
        {
            return null;
        }

        All.Add(items.Current);
        return items.Current;
    }

    /// <summary>Reads until an event has come.</summary>
    public async Task UntilAsync(long eventId)
    {
        while (!Ids.Contains(eventId))
        {
            Assert.NotNull(await NextAsync());
        }
    }

    /// <summary>Reads the next control event.</summary>
    public async Task<JsonObject> ControlAsync()
    {
        while (true)
        {
            var item = await NextAsync();
            Assert.NotNull(item);
            if (item.Value.EventType == "control")
            {
                return ObjectOf(item.Value.Data);
            }
        }
    }

    /// <summary>Reads to the end of the stream.</summary>
    public async Task ToEndAsync()
    {
        while (await NextAsync() is not null)
        {
            // It is kept.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
    }

    private static JsonObject ObjectOf(string data) => JsonNode.Parse(data)!.AsObject();

    public static IEnumerable<long> IdsOf(string data) => JsonNode.Parse(data)!.AsArray().Select(one => (long)one!["id"]!);
}
