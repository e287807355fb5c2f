using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>Several scripted backends, a gateway, and an HTTP client that asks which jobs there are.</summary>
internal sealed class JobsBridge : IAsyncDisposable
{
    private readonly HttpClient http = new() { Timeout = TestClient.Deadline };

    /// <summary>The backends, in the order of their names: a, b, c …</summary>
    public required IReadOnlyList<ScriptedBackend> Backends { get; init; }

    public required TestGateway Gateway { get; init; }

    /// <param name="backends">The number of backends. Backend a has the jobs a-…, and so on.</param>
    /// <param name="settings">Further settings.</param>
    public static async Task<JobsBridge> OpenAsync(int backends, params string[] settings)
    {
        var started = new List<ScriptedBackend>();
        for (var i = 0; i < backends; i++)
        {
            started.Add(await ScriptedBackend.StartAsync());
        }

        var gateway = await TestGateway.StartAsync(
            time: null,
            [
                .. started.SelectMany(
                    (backend, i) =>
                        new[] { $"Gateway:Backends:{Name(i)}:Address={backend.Url}", $"Gateway:Backends:{Name(i)}:JobIds={Name(i)}-*" }
                ),
                .. settings,
            ]
        );
        return new JobsBridge { Backends = started, Gateway = gateway };
    }

    public async Task<EventsReply> GetAsync(string target, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Gateway.HttpUrl, target));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        return await EventsReply.ReadAsync(response);
    }

    /// <summary>Asks for a page of jobs, which has to come.</summary>
    public async Task<JobsReply> ListAsync(string query = "", params (string Name, string Value)[] headers)
    {
        var reply = await GetAsync($"/jobs{query}", headers);
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}");
        return new JobsReply(reply.Problem);
    }

    /// <summary>Turns pages until there are no more.</summary>
    /// <param name="query">The question, with a ? or nothing.</param>
    /// <param name="turned">Called after each page.</param>
    /// <param name="headers">The headers of each request.</param>
    /// <returns>The ids of each page.</returns>
    public async Task<List<string[]>> PagesAsync(string query, Action? turned = null, params (string Name, string Value)[] headers)
    {
        var pages = new List<string[]>();
        string? token = null;
        do
        {
            var next = token is null ? "" : $"{(query.Length == 0 ? '?' : '&')}pageToken={token}";
            var page = await ListAsync(query + next, headers);
            pages.Add(page.Ids);
            token = page.NextPageToken;
            turned?.Invoke();
            Assert.True(pages.Count < 1000, "The pages have no end.");
        } while (token is not null);
        return pages;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Gateway.DisposeAsync();
        foreach (var backend in Backends)
        {
            await backend.DisposeAsync();
        }
    }

    private static char Name(int i) => (char)('a' + i);
}

/// <summary>An answer with jobs.</summary>
internal sealed record JobsReply(JsonObject Body)
{
    public string[] Ids => [.. Body["jobs"]!.AsArray().Select(job => (string)job!["jobId"]!)];

    public string? NextPageToken => (string?)Body["nextPageToken"];

    /// <summary>The backends whose jobs are missing, as <c>name code</c>.</summary>
    public string[] Missing => [.. Body["missing"]?.AsArray().Select(one => $"{one!["backend"]} {one["code"]}") ?? []];
}
