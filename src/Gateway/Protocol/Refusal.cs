namespace OptimizationGateway.Gateway.Protocol;

/// <summary>
/// The reason for refusing a request before the upgrade: the closed set of PROTOCOL.md section 7. It is sent as problem+json, with the
/// name as <c>code</c>.
/// </summary>
/// <param name="Name">The <c>code</c> member, and the <c>reason</c> tag of the metric.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">The text for people: the cause and what to do.</param>
/// <param name="IsForNow">True if the same request may succeed soon: the answer carries <c>Retry-After</c>.</param>
internal sealed record Refusal(string Name, int Status, string Text, bool IsForNow = false)
{
    public static readonly Refusal HostNotAllowed = new(
        "host_not_allowed",
        403,
        "This gateway doesn't answer to the request's Host. If the name is right, add it to Gateway:Security:AllowedHosts."
    );

    public static readonly Refusal OriginNotAllowed = new(
        "origin_not_allowed",
        403,
        "Pages of this Origin may not connect. If they should, add the Origin to Gateway:Security:AllowedOrigins."
    );

    /// <param name="pathBase">The path that all routes are under; empty if there is none.</param>
    public static Refusal NotFoundUnder(string pathBase) =>
        new("not_found", 404, $"Nothing is here. The WebSocket is at {pathBase}/ws/optimization, the page at {pathBase}/.");

    public static readonly Refusal TokenMissing = new(
        "token_missing",
        401,
        "This gateway asks for a token: send Authorization: Bearer <token>, or the subprotocols optimization.v1 and bearer.<token>."
    );

    public static readonly Refusal Unauthorized = new("unauthorized", 401, "The token was refused.");

    public static readonly Refusal TokenExpired = new("token_expired", 401, "The token has expired. Come back with a fresh one.");

    public static readonly Refusal Forbidden = new("forbidden", 403, "The token's bearer may not use this gateway.");

    public static readonly Refusal AuthorityUnavailable = new(
        "authority_unavailable",
        503,
        "Tokens can't be checked at the moment, since their keys can't be had. Come back in a moment.",
        IsForNow: true
    );

    public static readonly Refusal MethodNotAllowed = new("method_not_allowed", 405, "This is a WebSocket: connect to it with GET.");

    public static readonly Refusal InvalidRequest = new("invalid_request", 400, "The request is not valid.");

    public static readonly Refusal ClosedByOperator = new("closed_by_operator", 403, "The gateway's operator closed this connection.");

    public static readonly Refusal Reconnect = new(
        "reconnect",
        503,
        "The gateway asks this client to connect again. Come back in a moment.",
        IsForNow: true
    );

    public static readonly Refusal InternalError = new(
        "internal_error",
        500,
        "A fault of the gateway's own. Come back in a moment.",
        IsForNow: true
    );

    public static readonly Refusal MalformedHandshake = new(
        "malformed_handshake",
        400,
        "The WebSocket handshake is malformed: it needs Upgrade: websocket and Connection: Upgrade, each as a word of its own."
    );

    public static readonly Refusal UpgradeRequired = new(
        "upgrade_required",
        426,
        """This is a WebSocket. Connect with a WebSocket client (version 13) and send {"type":"subscribe","jobId":"…","afterEventId":0}."""
    );

    public static readonly Refusal Draining = new("draining", 503, "The gateway is shutting down. Come back in a moment.", IsForNow: true);

    public static readonly Refusal TooManyConnections = new(
        "too_many_connections",
        503,
        "The gateway has as many connections as it may have (Gateway:Limits:Connections). Come back later.",
        IsForNow: true
    );

    public static readonly Refusal TooManyNewConnections = new(
        "too_many_new_connections",
        503,
        "Too many clients connect at once (Gateway:Limits:NewConnectionsPerSecond). Come back in a moment.",
        IsForNow: true
    );

    public static readonly Refusal MemoryLow = new(
        "memory_low",
        503,
        "The gateway holds as much for its clients as it may (Gateway:Limits:MemoryBytes). Come back in a moment.",
        IsForNow: true
    );

    public static readonly Refusal TooManyFromAddress = new(
        "too_many_connections_from_address",
        429,
        "This address has as many connections as it may have (Gateway:Limits:ConnectionsPerAddress). Close one first; one connection can watch many jobs. Behind a proxy all its clients have its address, unless Gateway:Proxies:Known names it.",
        IsForNow: true
    );

    /// <summary>Maps the end of a session to what a client is told by HTTP.</summary>
    public static Refusal Of(CloseCode code) =>
        code == CloseCode.ServiceRestart ? Draining
        : code.Status == CloseCode.ServiceRestart.Status ? Reconnect
        : code == CloseCode.MemoryLow ? MemoryLow
        : code.Status == CloseCode.TokenExpired.Status ? TokenExpired
        : code.Status == CloseCode.ClosedForGood.Status ? ClosedByOperator
        : InternalError;

    /// <summary>The names of all refusals of the WebSocket's path and of a job's events.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        .. new[]
        {
            HostNotAllowed,
            OriginNotAllowed,
            TokenMissing,
            Unauthorized,
            TokenExpired,
            Forbidden,
            AuthorityUnavailable,
            MethodNotAllowed,
            InvalidRequest,
            ClosedByOperator,
            Reconnect,
            InternalError,
            MalformedHandshake,
            UpgradeRequired,
            Draining,
            TooManyConnections,
            TooManyNewConnections,
            MemoryLow,
            TooManyFromAddress,
        }.Select(refusal => refusal.Name),
    ];
}
