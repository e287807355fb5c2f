using System.Text.Json;
using OptimizationGateway.Contracts;
using OptimizationGateway.Faults.Logs.Checker;

namespace OptimizationGateway.Faults.Logs.Watching;

/// <summary>Reads the logs as they are at the end, over plain HTTP. A job whose end was lost with a log that went back still runs.</summary>
internal static class FinalLogs
{
    /// <exception cref="HttpRequestException">The log can't be read.</exception>
    public static async Task<IReadOnlyList<Got>> ReadAsync(HttpClient http, Uri gateway, string job, CancellationToken stop)
    {
        var events = new List<Got>();
        for (var (offset, isWhole) = (StreamOffset.Beginning, false); !isWhole; )
        {
            using var answer = await http.GetAsync(new Uri(gateway, $"/jobs/{job}/events?offset={offset}"), stop);
            answer.EnsureSuccessStatusCode();
            offset = answer.Headers.GetValues("Stream-Next-Offset").Single();
            isWhole = answer.Headers.Contains("Stream-Up-To-Date") || answer.Headers.Contains("Stream-Closed");
            using var page = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(stop));
            var epoch = StreamOffset.Parse(offset)!.Epoch;
            events.AddRange(page.RootElement.EnumerateArray().Select(jobEvent => GotReader.Read(jobEvent, epoch)));
        }

        return events;
    }
}
