using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The keys that an OpenID Connect provider publishes. They are asked for at the start, when they have become old, and when a token's key
/// isn't among them, but for that only every <see cref="RefreshSpacing"/>: strangers can make up as many unknown keys as they like. While the
/// provider can't be reached the keys that are known stay in use.
/// </summary>
/// <remarks>The library's ConfigurationManager does as much, but by the system's clock, and asks anew for every caller while it has nothing.</remarks>
internal sealed class AuthorityKeys : ISigningKeys, IHostedService, IDisposable
{
    private static readonly TimeSpan RefreshSpacing = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetrySpacing = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private const int MaxDocumentBytes = 1024 * 1024;

    private readonly JwtOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly HttpClient http = new() { Timeout = AnswerWithin, MaxResponseContentBufferSize = MaxDocumentBytes };
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private IReadOnlyList<SecurityKey>? keys;
    private Task<bool> asking = Task.FromResult(false);
    private long? askedAt;
    private long? refreshedAt;
    private long gotAt;
    private bool isAway;

    public AuthorityKeys(IOptions<GatewayOptions> options, TimeProvider time, ILogger<AuthorityKeys> logger)
    {
        this.options = options.Value.Security.Jwt;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Begins to ask. An authority that is down doesn't hold up the start: who comes meanwhile is asked to come back.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Authority.Length > 0)
        {
            _ = Ask(ref askedAt, RetrySpacing);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await asking;
    }

    public async Task<IReadOnlyList<SecurityKey>?> GetAsync(CancellationToken cancel)
    {
        var (known, isOld) = Look();
        var answer = known is null || isOld ? Ask(ref askedAt, RetrySpacing) : Task.FromResult(true);
        if (known is not null)
        {
            return known;
        }

        await answer.WaitAsync(cancel);
        return Look().Keys;
    }

    public async Task<IReadOnlyList<SecurityKey>?> RefreshAsync(CancellationToken cancel)
    {
        var hasAnswered = await Ask(ref refreshedAt, RefreshSpacing).WaitAsync(cancel);
        return hasAnswered ? Look().Keys : null;
    }

    public void Dispose()
    {
        http.Dispose();
        stop.Dispose();
    }

    private (IReadOnlyList<SecurityKey>? Keys, bool IsOld) Look()
    {
        lock (gate)
        {
            return (keys, time.GetElapsedTime(gotAt) >= options.KeysRefreshInterval);
        }
    }

    /// <summary>Asks the authority, unless that is being done, or was done a moment ago for the same reason.</summary>
    /// <returns>Whether it answers; false where it isn't asked.</returns>
    private Task<bool> Ask(ref long? last, TimeSpan spacing)
    {
        lock (gate)
        {
            if (!asking.IsCompleted)
            {
                return asking;
            }

            if (last is { } before && time.GetElapsedTime(before) < spacing)
            {
                return Task.FromResult(false);
            }

            last = time.GetTimestamp();
            return asking = AskAsync(stop.Token);
        }
    }

    private async Task<bool> AskAsync(CancellationToken cancel)
    {
        await Task.Yield();
        try
        {
            var url = $"{options.Authority.TrimEnd('/')}/.well-known/openid-configuration";
            var documents = new HttpDocumentRetriever(http) { RequireHttps = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) };
            var found = await OpenIdConnectConfigurationRetriever.GetAsync(url, documents, cancel);
            return TryTake([.. found.SigningKeys.Where(SigningAlgorithms.IsUsable)], found.Issuer);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The gateway stops.
            return false;
        }
        catch (Exception)
        {
            // Whatever it is, from DNS to JSON, it is the authority's or the network's, and its text may hold anything.
            return Missed();
        }
    }

    private bool TryTake(IReadOnlyList<SecurityKey> found, string issuer)
    {
        if (found.Count == 0)
        {
            return Missed();
        }

        lock (gate)
        {
            keys = found;
            gotAt = time.GetTimestamp();
        }

        if (!string.Equals(issuer, options.Issuer, StringComparison.Ordinal))
        {
            SecurityLog.AuthorityHasAnotherIssuer(logger, options.Issuer);
        }

        if (isAway)
        {
            isAway = false;
            SecurityLog.AuthorityAnswers(logger, options.Authority);
        }

        return true;
    }

    private bool Missed()
    {
        if (!isAway)
        {
            isAway = true;
            SecurityLog.AuthorityIsAway(
                logger,
                options.Authority,
                keys is null ? "nobody can connect" : "the keys it had before stay in use"
            );
        }

        return false;
    }
}
