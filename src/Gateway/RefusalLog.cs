using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway;

/// <summary>
/// Tells the operator who was kept out and which setting lets them in. A page can't read the answer, so nobody else sees it. Of each code a line
/// a minute (<see cref="StrangersLines"/>), since anyone may be refused as often as they like.
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

    private static string Shown(string? text) => Visitor.Clean(text) is { } clean ? LogText.OneLine(clean) : "none";

    [LoggerMessage(
        LogLevel.Information,
        "A connection was refused with {Status} {Code} (Host: {Host}, Origin: {Origin}). {Remedy} More of this code isn't logged for a minute."
    )]
    private partial void Refused(int status, string code, string host, string origin, string remedy);
}
