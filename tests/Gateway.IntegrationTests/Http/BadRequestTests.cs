using System.Text;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>Each bad request for a job's events gets its documented answer, and asks no backend.</summary>
public sealed class BadRequestTests
{
    [Fact]
    public Task Each_gets_its_documented_answer()
    {
        Assert.True(BadRequests.All.Count >= 40, $"{BadRequests.All.Count} requests");
        return AnswersAsync(BadRequests.All);
    }

    [Fact]
    public Task Each_for_a_list_or_a_job_gets_its_documented_answer()
    {
        Assert.True(BadJobsRequests.All.Count >= 12, $"{BadJobsRequests.All.Count} requests");
        return AnswersAsync(BadJobsRequests.All);
    }

    /// <summary>The other tests show that the answers are real.</summary>
    [Fact]
    public void Each_answer_is_in_the_OpenAPI_document()
    {
        var document = OpenApi.Read();
        var answers = BadRequests.All.Concat(BadJobsRequests.All).Where(bad => bad.Code != BadRequests.ServersOwn).ToList();

        Assert.Equal(
            [],
            answers.Where(bad => !document.Has(bad.Target, bad.Status, bad.Code)).Select(bad => $"{bad}: {bad.Status} {bad.Code}")
        );
    }

    private static async Task AnswersAsync(IReadOnlyList<BadRequest> requests)
    {
        await using var bridge = await EventsBridge.OpenAsync();
        var faults = new List<string>();
        foreach (var bad in requests)
        {
            var answer = await AskAsync(bridge.Gateway.HttpUrl, bad);
            if (bad.Code == BadRequests.ServersOwn)
            {
                Assert.Equal((bad.Status, ""), (answer.Status, answer.Body));
                continue;
            }

            if (answer.Body.Length == 0)
            {
                faults.Add($"{bad.What}: {answer.Status} without a body");
                continue;
            }

            var problem = JsonNode.Parse(answer.Body)!;
            var (code, detail) = ((string?)problem["code"], (string?)problem["detail"]);
            var isRight =
                answer.Status == bad.Status
                && code == bad.Code
                && detail!.Contains(bad.Says, StringComparison.Ordinal)
                && answer.Headers["Content-Type"] == "application/problem+json"
                && answer.Headers["X-Content-Type-Options"] == "nosniff"
                && (bad.Status != 405 || answer.Headers["Allow"] == "GET, HEAD, OPTIONS");
            if (!isRight)
            {
                faults.Add($"{bad.What}: {answer.Status} {code}: {detail}");
            }
        }

        Assert.Empty(faults);
        Assert.Empty(bridge.Backend.Calls);
        Assert.Equal(0, bridge.Gateway.Connections);
    }

    private static async Task<RawHttpAnswer> AskAsync(Uri url, BadRequest bad)
    {
        await using var client = await RawClient.ConnectAsync(url);
        await client.SendAsync(Encoding.ASCII.GetBytes($"{bad.Method} {bad.Target} HTTP/1.1\r\n{bad.Headers}\r\n"));
        return await client.ReadHttpAsync();
    }
}
