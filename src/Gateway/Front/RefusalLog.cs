using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Logs refusals with the setting that would let the caller in: a page can't read the answer, so only the operator sees the reason. It
/// logs at most one line a minute for each code (<c>StrangersLines</c>), since strangers can cause as many refusals as they like.
/// </summary>
internal sealed partial class RefusalLog(ILogger<RefusalLog> logger)
{
    public void Add(HttpContext context, Refusal refusal)
    {
        if (refusal.Status is not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden))
        {
            return;
        }

        var (host, origin) = (context.Request.Host.Value, context.Request.Headers.Origin);
        Refused(refusal.Status, refusal.Name, Shown(host), Shown(origin), refusal.Text);
    }

    private static string Shown(string? text) => ClientInfo.Clean(text) is { } clean ? LogText.OneLine(clean) : "none";

    [LoggerMessage(
        LogLevel.Information,
        "A connection was refused with {Status} {Code} (Host: {Host}, Origin: {Origin}). {Remedy} More of this code isn't logged for a minute."
    )]
    private partial void Refused(int status, string code, string host, string origin, string remedy);
}
