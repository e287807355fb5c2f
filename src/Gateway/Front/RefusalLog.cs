using System.Collections.Concurrent;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Telemetry;

namespace OptimizationGateway.Gateway.Front;

/// <summary>
/// Tells the operator who was kept out and which setting lets them in. A page can't read the answer, so nobody else sees it. Of each code a line
/// a minute, since anyone may be refused as often as they like.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    /// <summary>When each code was told of. Codes are a closed set.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> told = new(StringComparer.Ordinal);

    public void Add(HttpContext context, Refusal refusal)
    {
        if (refusal.Status is not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden) || !IsDue(refusal.Name))
        {
            return;
        }

        var (host, origin) = (context.Request.Host.Value, context.Request.Headers.Origin);
        Refused(refusal.Status, refusal.Name, Shown(host), Shown(origin), refusal.Text);
    }

    private bool IsDue(string code)
    {
        var now = time.GetUtcNow();
        return told.TryGetValue(code, out var last) ? now - last >= Quiet && told.TryUpdate(code, now, last) : told.TryAdd(code, now);
    }

    private static string Shown(string? text) => Visitor.Clean(text) is { } clean ? LogText.OneLine(clean) : "none";

    [LoggerMessage(
        LogLevel.Information,
        "A connection was refused with {Status} {Code} (Host: {Host}, Origin: {Origin}). {Remedy} More of this code isn't logged for a minute."
    )]
    private partial void Refused(int status, string code, string host, string origin, string remedy);
}
