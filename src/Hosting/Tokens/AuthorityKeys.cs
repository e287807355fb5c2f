using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>
/// The keys that an OpenID Connect provider publishes. It is asked at the start, when the keys have become old, and for a token with
/// an unknown key; for the latter only every <see cref="RefreshSpacing"/>, since strangers can make up any number of keys. Old keys
/// count only while the provider doesn't answer. Concurrent callers share one request.
/// </summary>
/// <remarks>The library's ConfigurationManager does as much, but by the system's clock, and asks anew for every caller while it has nothing.</remarks>
internal sealed class AuthorityKeys : ISigningKeys, IHostedService, IDisposable
{
    private static readonly TimeSpan RefreshSpacing = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetrySpacing = TimeSpan.FromSeconds(5);

    /// <summary>The longer spacing while there are keys: each request makes callers wait that could come in.</summary>
    private static readonly TimeSpan RetrySpacingWithKeys = TimeSpan.FromSeconds(30);

    /// <summary>The deadline for both documents together. Clients in browsers give a handshake 10 s.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);
    private const int MaxDocumentBytes = 1024 * 1024;

    private readonly TokenOptions options;
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

    public AuthorityKeys(TokenOptions options, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Begins to ask. An authority that is down doesn't delay the start: callers are asked to come back meanwhile.</summary>
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

    /// <returns>True if it answers; false if it isn't asked, because it was asked a moment ago.</returns>
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

    /// <summary>Asks the authority, unless a request is under way. Call it under the lock.</summary>
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
            // The program stops.
        }
        catch (Exception)
        {
            // Whatever it is, from DNS to JSON, it is the authority's or the network's, and its text may hold anything.
            Missed();
        }

        return false;
    }

    /// <summary>
    /// Reads a key set. An empty set is an answer: all keys are withdrawn. Other JSON is none; the library wouldn't tell the two
    /// apart.
    /// </summary>
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
            AuthorityLog.AuthorityHasAnotherIssuer(logger, options.Issuer, options.Section);
        }

        if (wasAway)
        {
            AuthorityLog.AuthorityAnswers(logger, options.Authority);
        }

        if (found.Count == 0 && !hasNone)
        {
            AuthorityLog.AuthorityHasNoKeys(logger, options.Authority, options.Section);
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
            AuthorityLog.AuthorityIsAway(
                logger,
                options.Authority,
                options.Section,
                Known is null ? "nobody can connect" : "the keys it had before stay in use"
            );
        }
    }
}
