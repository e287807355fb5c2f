using Grpc.Core;
using OptimizationGateway.LogServer.Tests.Harness;

namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>Each bad call of gRPC gets its documented answer, and changes nothing.</summary>
public sealed class BadCallTests(TwoJobs jobs) : IClassFixture<TwoJobs>
{
    public static TheoryData<BadCall> Rows => [.. BadCalls.All];

    [Theory, MemberData(nameof(Rows))]
    public async Task Each_gets_its_documented_answer_and_changes_nothing(BadCall bad)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await jobs.Run.Client.Log.AppendEventsAsync(bad.Request, cancellationToken: Deadline.Token)
        );

        Assert.Equal(bad.Status, refused.StatusCode);
        Assert.Equal(bad.Code, refused.Trailers.GetValue("error-code") ?? "");
        Assert.Contains(bad.Says, refused.Status.Detail, StringComparison.Ordinal);
        if (bad.Answers.Split(": ") is [var name, var value])
        {
            Assert.Equal(value, refused.Trailers.GetValue(name));
        }

        await jobs.AssertUntouchedAsync();
    }
}
