using System.Text.Json;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>A browser's plain <c>EventSource</c> on a job's events, with nothing of the project's own in the page.</summary>
[Collection(Turns.Looks)]
public sealed class EventSourceTests(RunningConsole shared)
{
    private const string Follow = """
        window.ids = []
        window.source = new EventSource('/jobs/scripted-1/events?offset=-1&live=sse')
        source.addEventListener('data', ({ data }) => ids.push(...JSON.parse(data).map(({ id }) => id)))
        """;

    [Fact]
    public async Task It_loses_and_repeats_nothing_over_restarts_of_the_gateway_and_stops_at_the_jobs_end()
    {
        var log = new SharedLog();
        var hasEnded = false;
        var (page, browser, installation, backend) = await shared.FreshAsync();
        backend.Always(
            (request, stream, cancelled) =>
                hasEnded
                    ? ScriptedBackend.SayAndEnd(
                        Say.Subscribed(last: 7, ended: true),
                        Say.Replay([.. Say.Events(1, 6).Append(Say.Completed(7)).Where(one => one.Id > request.AfterEventId)])
                    )(request, stream, cancelled)
                    : log.ServeAsync(request, stream, cancelled)
        );
        await browser.OpenAsync(installation.PageUrl);
        await page.UntilAsync("document.querySelector('#main')");
        log.Append(3);
        await browser.EvaluateAsync(Follow);
        await page.UntilAsync("ids.includes(3)");
        await HasAsync(page, log.Append(1));

        // It is told to come back, and refused while the gateway is away.
        installation.Gateway.Send(Signal.Terminate);
        await installation.Gateway.ExitAsync(TestClient.Deadline);
        log.Append(1);
        await installation.Gateway.StartAsync();
        await HasAsync(page, log.Append(1));

        // It is told nothing.
        hasEnded = true;
        await installation.Gateway.KillAsync();
        await installation.Gateway.StartAsync();
        await page.UntilAsync("ids.includes(7)");
        await page.UntilAsync("source.readyState === EventSource.CLOSED");

        Assert.Equal(Enumerable.Range(1, 7), (await browser.EvaluateAsync("ids")).Deserialize<int[]>());
    }

    private static Task HasAsync(ConsolePage page, long id) => page.UntilAsync($"ids.includes({id})");
}
