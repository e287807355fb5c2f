using System.Net;
using OptimizationGateway.Gateway.IntegrationTests.Http;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>Reads one job by HTTP from its beginning until it is stopped, and asks again from the last offset whenever an answer ends.</summary>
internal sealed class ReturningReader : IAsyncDisposable
{
    private readonly DeployedProxy proxy;
    private readonly string path;
    private readonly bool isStream;
    private readonly List<long> ids = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;
    private string offset = "-1";

    /// <param name="proxy">The proxy to ask.</param>
    /// <param name="job">The job.</param>
    /// <param name="mode">The value of <c>live</c>.</param>
    public ReturningReader(DeployedProxy proxy, string job, string mode)
    {
        (this.proxy, isStream) = (proxy, mode == "sse");
        path = $"/jobs/{job}/events?live={mode}&offset=";
        reading = ReadAsync();
    }

    /// <summary>The number of events that it has.</summary>
    public int Count
    {
        get
        {
            lock (ids)
            {
                return ids.Count;
            }
        }
    }

    public Task HasAsync(int events) =>
        TestGateway.EventuallyAsync(() => reading.IsFaulted || Count >= events, $"{events} events have come");

    /// <returns>The ids of all events, as they came.</returns>
    public async Task<List<long>> StopAsync()
    {
        await stop.CancelAsync();
        await reading.WaitAsync(TestClient.Deadline);
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ReadAsync()
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ReadOnceAsync();
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // No gateway takes it at the moment, or the answer was cut.
            }

            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task ReadOnceAsync()
    {
        using var response = await proxy.GetAsync(path + offset);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return;
        }

        if (!isStream)
        {
            var answer = await EventsReply.ReadAsync(response);
            Take(answer.Ids, answer["Stream-Next-Offset"]!);
            return;
        }

        await using var body = await response.Content.ReadAsStreamAsync();
        await using var reader = new EventsReader(response, body);
        while (!stop.IsCancellationRequested && await reader.NextAsync() is { } item)
        {
            if (item.EventType == "data")
            {
                Take(EventsReader.IdsOf(item.Data), reader.Parser.LastEventId);
            }
        }
    }

    private void Take(IEnumerable<long> more, string next)
    {
        lock (ids)
        {
            ids.AddRange(more);
            offset = next;
        }
    }
}
