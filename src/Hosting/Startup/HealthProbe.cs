using System.Net;
using System.Net.Security;

namespace OptimizationGateway.Hosting.Startup;

/// <summary>
/// <c>--health</c>: asks a running program whether it is ready, for places without another program that could ask, such as a container
/// image without a shell.
/// </summary>
/// <param name="program">The program's name in texts, such as <c>gateway</c>.</param>
/// <param name="exampleUrl">A URL that it could have.</param>
/// <param name="own">Returns the URL of the program that settings start, with its path base; null if they don't tell.</param>
public sealed class HealthProbe(string program, string exampleUrl, Func<string[], Uri?> own)
{
    /// <summary>The option of the command line.</summary>
    public const string Option = "--health";

    /// <summary>Less than the 5 s or more after which orchestrators give up a probe.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <param name="args">The program's URL with its path base, and settings; without the URL the program that these settings start.</param>
    /// <returns>The exit code: 0 if it is ready, else 1. A line shows the answer.</returns>
    public async Task<int> RunAsync(string[] args)
    {
        var url = args is [{ } first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : null;
        if ((url is null ? own(args) : Given(url)) is not { } found)
        {
            await Console.Error.WriteLineAsync(
                url is null
                    ? $"The settings don't tell where the {program} listens. Name it: {Option} {exampleUrl}"
                    : $"'{url}' is no http:// or https:// URL."
            );
            return 1;
        }

        var target = new Uri($"{found.GetLeftPart(UriPartial.Path).TrimEnd('/')}{HealthPaths.Ready}");
        using var http = new HttpClient(Transport(target)) { Timeout = Timeout };
        try
        {
            using var answer = await http.GetAsync(target);
            var details = await answer.Content.ReadAsStringAsync();
            Console.WriteLine(
                $"{(answer.StatusCode == HttpStatusCode.OK ? "Ready" : "Not ready")}: {target} answers {(int)answer.StatusCode} {details}"
            );
            return answer.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"Not ready: {target} doesn't answer: {e.Message}");
            return 1;
        }
    }

    private static Uri? Given(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var given) && given is { Scheme: "http" or "https", Port: > 0 } ? given : null;

    private static SocketsHttpHandler Transport(Uri target) =>
        new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions =
            {
                // A certificate for this machine's loopback address is rare, and nobody else can answer there.
                RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || target.IsLoopback,
            },
        };
}
