using Microsoft.AspNetCore.Http.Features;

namespace OptimizationGateway.Gateway.Sockets;

/// <summary>Puts a <see cref="GatheringStream"/> between the server's upgraded connection and the WebSocket that ASP.NET builds on it.</summary>
internal sealed class GatheringUpgrade(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>The stream, once the request was upgraded.</summary>
    public GatheringStream? Stream { get; private set; }

    public async Task<Stream> UpgradeAsync() => Stream = new GatheringStream(await inner.UpgradeAsync());

    /// <summary>Middleware that goes before <c>UseWebSockets</c>.</summary>
    public static Task Invoke(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            context.Features.Set<IHttpUpgradeFeature>(new GatheringUpgrade(upgrade));
        }

        return next(context);
    }
}
