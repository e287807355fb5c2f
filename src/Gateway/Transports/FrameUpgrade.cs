using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace OptimizationGateway.Gateway.Transports;

/// <summary>
/// Puts a <see cref="FrameStream"/> between the server's connection and the WebSocket that ASP.NET builds on it: over HTTP/1.1
/// where the connection is upgraded, over HTTP/2 where a stream of it is connected (RFC 8441).
/// </summary>
internal static class FrameUpgrade
{
    /// <summary>Middleware that goes before <c>UseWebSockets</c>.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var features = context.Features;
        if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            features.Set<IHttpUpgradeFeature>(new Upgrade(upgrade, features));
        }

        if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            features.Set<IHttpExtendedConnectFeature>(new Connect(connect, features));
        }

        try
        {
            await next(context);
        }
        finally
        {
            if (StreamOf(context) is not null)
            {
                features.Get<WaitingConnection>()?.EndSocket();
            }
        }
    }

    /// <summary>The stream of a request that became a WebSocket.</summary>
    public static FrameStream? StreamOf(HttpContext context) => context.Features.Get<FrameStream>();

    private static FrameStream Below(Stream stream, IFeatureCollection features)
    {
        var frames = new FrameStream(stream);
        features.Set(frames);
        features.Get<WaitingConnection>()?.BeginSocket();
        return frames;
    }

    private sealed class Upgrade(IHttpUpgradeFeature inner, IFeatureCollection features) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => Below(await inner.UpgradeAsync(), features);
    }

    private sealed class Connect(IHttpExtendedConnectFeature inner, IFeatureCollection features) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync()
        {
            // To Kestrel the client's messages are the body of a request, which may neither rest nor grow without end.
            features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
            features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
            return Below(await inner.AcceptAsync(), features);
        }
    }
}
