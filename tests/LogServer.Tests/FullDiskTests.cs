using System.Net;
using System.Text.Json.Nodes;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>A disk that is full, or fails: nothing that was acknowledged is lost, and nothing that was refused is seen.</summary>
public sealed class FullDiskTests
{
    /// <summary>A file system of 6 MiB, in a mount namespace that only the program is in.</summary>
    private const string OnSmallDisk = "unshare -rm sh -c 'mount -t tmpfs -o size=6m none {folder} && exec dotnet \"$@\"' sh";

    /// <summary>A write beyond RLIMIT_FSIZE is refused then, and ends nothing.</summary>
    private const string RefuseDoNotKill = "sh -c 'trap \"\" XFSZ; exec dotnet \"$@\"' sh";

    private static readonly string Large = $$$"""{"eventType":"large","data":{"text":"{{{new string('x', 200_000)}}}"}}""";

    [Fact]
    public async Task A_full_disk_is_told_and_nothing_is_lost()
    {
        await using var server = await ChildLogServer.StartByAsync(OnSmallDisk);
        var ballast = $"/proc/{server.Process.Id}/root{server.Folder}/ballast";
        await File.WriteAllBytesAsync(ballast, new byte[2 * 1024 * 1024], Deadline.Token);
        var (acknowledged, waiting) = await AppendUntilItHangsAsync(server);

        using var refused = await server.Client.AppendAsync("full", LogServerClient.Note);
        Assert.Equal(507, (int)refused.StatusCode);
        Assert.Equal("disk_full", await CodeAsync(refused));
        Assert.NotNull(refused.Headers.RetryAfter);

        File.Delete(ballast);
        using var made = await waiting;
        Assert.Equal(204, (int)made.StatusCode);
        Assert.Equal(acknowledged + 1, (await server.Client.EventsAsync("full")).Count);
    }

    [Fact]
    public async Task A_disk_that_fails_is_told_and_appends_go_on_afterwards()
    {
        await using var server = await ChildLogServer.StartByAsync(RefuseDoNotKill);
        using var first = await server.Client.AppendAsync("fails", LogServerClient.Note);
        await server.Process.LimitAsync("fsize", "4096");
        var waiting = server.Client.AppendAsync("fails", Large);
        await Until.TrueAsync(async () => await ReadyAsync(server) == HttpStatusCode.ServiceUnavailable, "it says that it isn't ready");

        using var refused = await server.Client.AppendAsync("fails", LogServerClient.Note);
        await server.Process.LimitAsync("fsize", "unlimited");
        using var made = await waiting;
        await Until.TrueAsync(async () => await ReadyAsync(server) == HttpStatusCode.OK, "it is ready again");
        using var last = await server.Client.AppendAsync("fails", LogServerClient.Note);

        Assert.Equal((204, 503, 204, 204), ((int)first.StatusCode, (int)refused.StatusCode, (int)made.StatusCode, (int)last.StatusCode));
        Assert.Equal("log_unavailable", await CodeAsync(refused));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(["note", "large", "note"], (await server.Client.EventsAsync("fails")).Select(jobEvent => jobEvent.Custom.EventType));
    }

    private static async Task<(int Acknowledged, Task<HttpResponseMessage> Waiting)> AppendUntilItHangsAsync(ChildLogServer server)
    {
        for (var acknowledged = 0; ; acknowledged++)
        {
            var append = server.Client.AppendAsync("full", Large);
            await Until.TrueAsync(
                async () => append.IsCompleted || await ReadyAsync(server) == HttpStatusCode.ServiceUnavailable,
                "an append is made, or the disk is full"
            );
            if (!append.IsCompleted)
            {
                return (acknowledged, append);
            }

            using var answer = await append;
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }
    }

    private static async Task<HttpStatusCode> ReadyAsync(ChildLogServer server)
    {
        using var answer = await server.Client.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Deadline.Token);
        return answer.StatusCode;
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Deadline.Token))!["code"];
}
