using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Inspection;

/// <summary>An operator with a key, in front of a gateway's inspector.</summary>
internal sealed class InspectorClient : IDisposable
{
    public const string Key = "0123456789abcdef0123456789abcdef";

    /// <summary>The settings of a gateway with an inspector that this key opens.</summary>
    public static readonly string[] Settings = ["Gateway:Inspector:Url=http://127.0.0.1:0", $"Gateway:Inspector:Key={Key}"];

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    public InspectorClient(TestGateway gateway, string? key = Key)
    {
        http.BaseAddress = gateway.InspectorUrl;
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>What is answered with 200.</summary>
    public async Task<JsonObject> ReadAsync(string path)
    {
        var (status, body, _) = await AskAsync(path);
        return status == HttpStatusCode.OK ? body : throw new InvalidOperationException($"{path}: {(int)status} {body.ToJsonString()}");
    }

    /// <summary>The one subscription of a job.</summary>
    public async Task<JsonObject> SubscriptionAsync(string jobId) =>
        (await ReadAsync($"inspector/jobs/{Uri.EscapeDataString(jobId)}"))["watches"]!.AsArray().Single()!["subscription"]!.AsObject();

    /// <summary>The id of the one connection that watches a job.</summary>
    public async Task<string> ConnectionOfAsync(string jobId) =>
        (string)(await ReadAsync($"inspector/jobs/{Uri.EscapeDataString(jobId)}"))["watches"]!.AsArray().Single()!["connectionId"]!;

    /// <summary>Waits until what is answered is as expected.</summary>
    public async Task<JsonObject> UntilAsync(string path, Func<JsonObject, bool> condition)
    {
        JsonObject? last = null;
        await Until.TrueAsync(
            async () => condition(last = await ReadAsync(path)),
            $"{path} is as expected",
            () => Task.FromResult(last!.ToJsonString())
        );
        return last!;
    }

    public async Task<(HttpStatusCode Status, JsonObject Body, HttpResponseHeaders Headers)> AskAsync(
        string path,
        Action<HttpRequestMessage>? configure = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        configure?.Invoke(request);
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        using var answer = await http.SendAsync(request, deadline.Token);
        return (answer.StatusCode, await BodyOfAsync(answer), answer.Headers);
    }

    public async Task<(HttpStatusCode Status, JsonObject Body)> CloseAsync(string connectionId, object? body)
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        using var answer = await http.PostAsJsonAsync($"inspector/connections/{connectionId}/close", body, deadline.Token);
        return (answer.StatusCode, await BodyOfAsync(answer));
    }

    /// <summary>Closes many: those that the query selects.</summary>
    public async Task<(HttpStatusCode Status, JsonObject Body)> CloseManyAsync(string query, object? body)
    {
        using var deadline = new CancellationTokenSource(TestClient.Deadline);
        using var answer = await http.PostAsJsonAsync($"inspector/connections/close{query}", body, deadline.Token);
        return (answer.StatusCode, await BodyOfAsync(answer));
    }

    public void Dispose() => http.Dispose();

    private static async Task<JsonObject> BodyOfAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : [];
    }
}
