using System.Globalization;
using System.Text;

namespace OptimizationGateway.Faults.Logs.Rolling;

/// <summary>Appends to one job, an event at a time. What isn't answered with success it sends again, as it was.</summary>
internal sealed class LogFleetProducer(HttpClient http, Uri server, string job, TimeSpan pause)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    public string Job => job;

    /// <summary>The events whose appends were answered.</summary>
    public long Appended { get; private set; }

    public long SentAgain { get; private set; }

    /// <summary>Appends until it is told to stop. The append that is under way then is answered.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            while (!await AppendAsync())
            {
                SentAgain++;
                await Task.Delay(Again, CancellationToken.None);
            }

            Appended++;
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> AppendAsync()
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"eventType":"iteration_completed","iteration":{{{Appended + 1}}},"data":{"score":0.5}}"""
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, $"/jobs/{job}/events"))
        {
            Content = new StringContent(text, Encoding.UTF8, "application/json"),
            Headers =
            {
                { "Producer-Id", "fleet" },
                { "Producer-Epoch", "0" },
                { "Producer-Seq", Appended.ToString(CultureInfo.InvariantCulture) },
            },
        };
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var answer = await http.SendAsync(request, patience.Token);
            return answer.IsSuccessStatusCode || ((int)answer.StatusCode < 500 ? throw await RefusedAsync(answer) : false);
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<InvalidOperationException> RefusedAsync(HttpResponseMessage answer) =>
        new($"{job}: an append was refused with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
}
