using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>
/// The keys that an OpenID Connect provider publishes. They are asked for at the start, when they have become old, and when a token's key
/// isn't among them, but for that only every <see cref="RefreshSpacing"/>: strangers can make up as many unknown keys as they like. Old keys
/// count only where the provider doesn't answer: whoever comes awaits that, or finds that it has just been found out.
/// </summary>
/// <remarks>The library's ConfigurationManager does as much, but by the system's clock, and asks anew for every caller while it has nothing.</remarks>
internal sealed class AuthorityKeys : ISigningKeys, IHostedService, IDisposable
{
    private static readonly TimeSpan RefreshSpacing = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetrySpacing = TimeSpan.FromSeconds(5);

    /// <summary>Longer, since each time callers wait who could come in: a provider that hangs may not hold up all of them.</summary>
    private static readonly TimeSpan RetrySpacingWithKeys = TimeSpan.FromSeconds(30);

    /// <summary>In all, for both documents. Browsers' clients give a handshake 10 s.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);
    private const int MaxDocumentBytes = 1024 * 1024;

    private readonly JwtOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly HttpClient http = new() { Timeout = AnswerWithin, MaxResponseContentBufferSize = MaxDocumentBytes };
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private IReadOnlyList<SecurityKey>? keys;
    private Task<bool> asking = Task.FromResult(false);
    private long? refreshedAt;
    private long? missedAt;
    private long gotAt;
    private bool hasNone;

    public AuthorityKeys(JwtOptions options, TimeProvider time, ILogger<AuthorityKeys> logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Begins to ask. An authority that is down doesn't hold up the start: who comes meanwhile is asked to come back.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Authority.Length > 0)
        {
            _ = AskWhereDue();
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
        await AskWhereDue().WaitAsync(cancel);
        return Known;
    }

    public async Task<IReadOnlyList<SecurityKey>?> RefreshAsync(CancellationToken cancel)
    {
        var hasAnswered = await AskForUnknown().WaitAsync(cancel);
        return hasAnswered ? Known : null;
    }

    public void Dispose()
    {
        http.Dispose();
        stop.Dispose();
    }

    private IReadOnlyList<SecurityKey>? Known
    {
        get
        {
            lock (gate)
            {
                return keys;
            }
        }
    }

    private Task AskWhereDue()
    {
        lock (gate)
        {
            var isFresh = keys is not null && time.GetElapsedTime(gotAt) < options.KeysRefreshInterval;
            var hasJustMissed =
                missedAt is { } missed && time.GetElapsedTime(missed) < (keys is null ? RetrySpacing : RetrySpacingWithKeys);
            return isFresh || hasJustMissed ? Task.CompletedTask : Ask();
        }
    }

    /// <returns>Whether it answers; false where it isn't asked, since it was a moment ago.</returns>
    private Task<bool> AskForUnknown()
    {
        lock (gate)
        {
            if (asking.IsCompleted && refreshedAt is { } before && time.GetElapsedTime(before) < RefreshSpacing)
            {
                return Task.FromResult(false);
            }

            refreshedAt = asking.IsCompleted ? time.GetTimestamp() : refreshedAt;
            return Ask();
        }
    }

    /// <summary>Under the lock: asks the authority, unless that is being done.</summary>
    private Task<bool> Ask() => asking.IsCompleted ? asking = AskAsync(stop.Token) : asking;

    private async Task<bool> AskAsync(CancellationToken cancel)
    {
        await Task.Yield();
        using var patience = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            var url = $"{options.Authority.TrimEnd('/')}/.well-known/openid-configuration";
            var documents = new HttpDocumentRetriever(http) { RequireHttps = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) };

            // The library sends without the token; what is left alone so ends by the timeout of the HTTP client.
            var found = OpenIdConnectConfiguration.Create(await documents.GetDocumentAsync(url, either.Token).WaitAsync(either.Token));
            var keysFound = KeysIn(await documents.GetDocumentAsync(found.JwksUri, either.Token).WaitAsync(either.Token));
            Take(keysFound, found.Issuer);
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The gateway stops.
        }
        catch (Exception)
        {
            // Whatever it is, from DNS to JSON, it is the authority's or the network's, and its text may hold anything.
            Missed();
        }

        return false;
    }

    /// <summary>A set without keys is an answer: all are withdrawn. What is no set is none, and the library wouldn't tell the two apart.</summary>
    private static List<SecurityKey> KeysIn(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("keys").ValueKind == JsonValueKind.Array
            ? [.. JsonWebKeySet.Create(text).GetSigningKeys().Where(SigningAlgorithms.IsUsable)]
            : throw new FormatException();
    }

    private void Take(List<SecurityKey> found, string issuer)
    {
        bool wasAway;
        lock (gate)
        {
            wasAway = missedAt is not null;
            (keys, gotAt, missedAt) = (found, time.GetTimestamp(), null);
        }

        if (!string.Equals(issuer, options.Issuer, StringComparison.Ordinal))
        {
            SecurityLog.AuthorityHasAnotherIssuer(logger, options.Issuer);
        }

        if (wasAway)
        {
            SecurityLog.AuthorityAnswers(logger, options.Authority);
        }

        if (found.Count == 0 && !hasNone)
        {
            SecurityLog.AuthorityHasNoKeys(logger, options.Authority);
        }

        hasNone = found.Count == 0;
    }

    private void Missed()
    {
        bool wasAway;
        lock (gate)
        {
            wasAway = missedAt is not null;
            missedAt = time.GetTimestamp();
        }

        if (!wasAway)
        {
            SecurityLog.AuthorityIsAway(
                logger,
                options.Authority,
                Known is null ? "nobody can connect" : "the keys it had before stay in use"
            );
        }
    }
}
