using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace OptimizationGateway.Load.Logs;

/// <summary>Appends as a producer does: a POST for each batch, on a connection that stays open.</summary>
internal sealed class HttpAppender(Uri server) : IAppender
{
    private readonly HttpClient http = new(new SocketsHttpHandler()) { BaseAddress = server };

    /// <summary>One event, as the optimizers of the other workloads send them.</summary>
    public static string Event(string job, int iteration) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"eventType":"iteration_completed","iteration":{{{iteration}}},"stage":"evaluate","data":{"score":{{{0.2 + (iteration % 1000 * 0.0006):0.####}}},"job":"{{{job}}}","at":{{{Moment.Now}}},"hash":"8f3ac21b"}}"""
        );

    public async Task AppendAsync(int lane, string job, int count)
    {
        var events = string.Join(',', Enumerable.Range(1, count).Select(iteration => Event(job, iteration)));
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(count == 1 ? events : $"[{events}]"));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await http.PostAsync(new Uri($"/jobs/{job}/events", UriKind.Relative), body);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }
}
