using OptimizationGateway.Gateway;
using OptimizationGateway.OptimizerStub;

namespace OptimizationGateway.Demo;

/// <summary>Prints the demo's addresses and what to try.</summary>
internal static class Welcome
{
    public static string Text(string gatewayUrl, StubAddresses stub, string logServerUrl, string data, string logs, FirstJob job)
    {
        const string first = """{"eventType":"iteration_completed","iteration":1,"data":{"score":0.5}}""";
        const string request =
            """{"promptId":"support-triage","datasetId":"support","config":{"maxIterations":50,"iterationDelayMs":300}}""";
        var news = job.GoesOn ? "goes on where it was stopped" : "has been started: 30 iterations, about a second each";
        var subscribe = $$"""{"type":"subscribe","jobId":"{{job.JobId}}","afterEventId":0}""";
        var page = GatewayHost.HasPage
            ? $"{gatewayUrl}/?job={job.JobId}"
            : "not built: install Node.js 20.19 or newer, build again, and see what the build says";
        var start = GatewayHost.HasPage ? "Open the page, and start a job there or with" : "Start a job with";
        return $"""

            {job.JobId} {news}.

              Page:        {page}
              WebSocket:   {gatewayUrl.Replace("http", "ws", StringComparison.Ordinal)}/ws/optimization
              Jobs (JSON): {stub.HttpUrl}/jobs
              Log server:  {logServerUrl}/jobs/<id>/events
              WatchJob:    {stub.GrpcUrl} (gRPC)
              Data:        {data} (the optimizer's; delete it to begin anew)
              Logs:        {logs} (the log server's)

            Try:
              1. Append an event to a job of your own: the page lists it, and its chart moves with the next ones
                   curl {logServerUrl}/jobs/mine/events -H 'content-type: application/json' -d '{first}'
              2. {start}
                   curl -s {stub.HttpUrl}/jobs -H 'content-type: application/json' -d '{request}'
              3. Connect any WebSocket client and send
                   {subscribe}
              4. Stop with Ctrl+C while a job runs, and start again: the job goes on, and a page that stays open misses nothing.

            """;
    }
}
