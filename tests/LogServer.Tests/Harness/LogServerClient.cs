using System.Net.Http.Headers;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.LogServer.Tests.Harness;

/// <summary>A producer and a watcher of one log server.</summary>
internal sealed class LogServerClient(Uri http, Uri grpc) : IDisposable
{
    public const string Note = """{"eventType":"note"}""";

    private readonly GrpcChannel channel = GrpcChannel.ForAddress(grpc, new GrpcChannelOptions { MaxSendMessageSize = null });

    /// <summary>The token that it sends; null: none.</summary>
    public string? Token { get; set; }

    public HttpClient Http { get; } = new() { BaseAddress = http };

    public GrpcChannel Channel => channel;

    public EventLogService.EventLogServiceClient Log => new(channel);

    public JobsService.JobsServiceClient Jobs => new(channel);

    public Metadata Headers => Token is null ? [] : new Metadata { { "authorization", $"Bearer {Token}" } };

    /// <summary>Appends by POST.</summary>
    public Task<HttpResponseMessage> AppendAsync(string jobId, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, jobId, body, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string jobId,
        string? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri($"/jobs/{Uri.EscapeDataString(jobId)}/events", UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request, Deadline.Token);
    }

    public WatchReader Watch(string jobId, bool historyOnly = false) =>
        new(
            new OptimizerService.OptimizerServiceClient(channel).WatchJob(
                new WatchJobRequest
                {
                    JobId = jobId,
                    AfterEventId = 0,
                    HistoryOnly = historyOnly,
                },
                Headers
            )
        );

    /// <summary>All events of a job, as a watcher gets them.</summary>
    public async Task<List<JobEvent>> EventsAsync(string jobId)
    {
        using var watch = Watch(jobId, historyOnly: true);
        return await watch.RestAsync();
    }

    public void Dispose()
    {
        Http.Dispose();
        channel.Dispose();
    }
}
