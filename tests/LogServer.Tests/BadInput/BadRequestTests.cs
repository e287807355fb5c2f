using System.Text;
using System.Text.Json.Nodes;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>Each bad request gets its documented answer, and changes nothing.</summary>
public sealed class BadRequestTests(TwoJobs jobs) : IClassFixture<TwoJobs>
{
    public static TheoryData<BadRequest> Rows => [.. BadRequests.All];

    [Theory, MemberData(nameof(Rows))]
    public async Task Each_gets_its_documented_answer_and_changes_nothing(BadRequest bad)
    {
        var answer = await AskAsync(bad);

        Assert.Equal(bad.Status, answer.Status);
        AssertSays(bad, answer);
        await jobs.AssertUntouchedAsync();
    }

    [Fact]
    public void There_are_at_least_sixty_and_no_two_are_the_same()
    {
        Assert.True(BadRequests.All.Count >= 60, $"{BadRequests.All.Count} requests");
        Assert.Equal(BadRequests.All.Count, BadRequests.All.Select(bad => bad.What).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Each_code_is_in_the_document()
    {
        var document = File.ReadAllText(RepositoryRoot.Combine("docs", "log-server.md"));
        var codes = BadRequests.All.Select(bad => bad.Code).Where(code => code.Length > 0).Distinct(StringComparer.Ordinal);
        Assert.All(codes, code => Assert.Contains($"`{code}`", document, StringComparison.Ordinal));
    }

    private static void AssertSays(BadRequest bad, RawHttpAnswer answer)
    {
        if (bad.Code.Length == 0)
        {
            Assert.Empty(answer.Body);
            return;
        }

        var problem = JsonNode.Parse(answer.Body)!;
        Assert.Equal(bad.Code, (string?)problem["code"]);
        Assert.Contains(bad.Says, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        if (bad.Answers.Split(": ") is [var name, var value])
        {
            Assert.Equal(value, answer.Headers[name]);
        }
    }

    private async Task<RawHttpAnswer> AskAsync(BadRequest bad)
    {
        await using var client = await RawClient.ConnectAsync(jobs.Run.HttpUrl);
        var hasLength = bad.Headers.Contains("Content-Length", StringComparison.Ordinal) || bad.Method is "HEAD" or "GET";
        var length = hasLength ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(bad.Body)}\r\n";
        await client.SendAsync(
            Encoding.UTF8.GetBytes($"{bad.Method} {bad.Target} HTTP/1.1\r\nHost: localhost\r\n{bad.Headers}{length}\r\n{bad.Body}")
        );
        return await client.ReadHttpAsync(hasBody: bad.Method != "HEAD");
    }
}
