using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OptimizationGateway.Testing.Tokens;

/// <summary>A small OpenID Connect provider on loopback: its discovery document and its keys, which can change, be away, or hang.</summary>
public sealed class TokenAuthority : IAsyncDisposable
{
    private readonly WebApplication app;
    private int asked;

    private TokenAuthority(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>The keys that it publishes.</summary>
    public IReadOnlyList<TestKey> Keys { get; set; } = [];

    /// <summary>What it answers instead of its keys; null where it answers as it should.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>What it calls itself.</summary>
    public string Issuer { get; set; } = JwtText.Issuer;

    /// <summary>How often its keys were asked for.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <param name="keys">The keys that it publishes.</param>
    public static async Task<TokenAuthority> StartAsync(params TestKey[] keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var authority = new TokenAuthority(app) { Keys = keys };
        app.MapGet("/realm/.well-known/openid-configuration", () => authority.Discovery());
        app.MapGet("/realm/keys", authority.AnswerAsync);
        await app.StartAsync();
        authority.Url = new Uri($"{app.Urls.Single()}/realm");
        return authority;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private JsonObject Discovery() => new() { ["issuer"] = Issuer, ["jwks_uri"] = $"{Url}/keys" };

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref asked);
        return Instead is { } instead ? instead(context) : context.Response.WriteAsJsonAsync(TestKey.ToJwks(Keys));
    }
}
