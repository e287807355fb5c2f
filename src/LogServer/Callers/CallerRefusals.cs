using System.Diagnostics;
using Grpc.Core;
using OptimizationGateway.Hosting.Tokens;
using OptimizationGateway.LogServer.Append;

namespace OptimizationGateway.LogServer.Callers;

/// <summary>The refusals that are about the caller.</summary>
internal static class CallerRefusals
{
    public static readonly Refusal TokenMissing = new(
        "token_missing",
        401,
        StatusCode.Unauthenticated,
        "This log server asks for a token: send Authorization: Bearer <token>."
    );

    public static readonly Refusal TokenExpired = new(
        "token_expired",
        401,
        StatusCode.Unauthenticated,
        "The token has expired. Come back with a fresh one."
    );

    public static readonly Refusal MayNotAppend = new(
        "forbidden",
        403,
        StatusCode.PermissionDenied,
        "The token doesn't allow its bearer to append to this job (LogServer:Auth:AppendClaim)."
    );

    public static readonly Refusal MayNotWatch = new(
        "forbidden",
        403,
        StatusCode.PermissionDenied,
        "The token doesn't allow its bearer to watch this job (LogServer:Auth:WatchClaim)."
    );

    public static readonly Refusal KeysUnavailable = new(
        "authority_unavailable",
        503,
        StatusCode.Unavailable,
        "Tokens can't be checked at the moment, since their keys can't be had. Come back in a moment.",
        IsForNow: true
    );

    public static readonly Refusal OriginNotAllowed = new(
        "origin_not_allowed",
        403,
        StatusCode.PermissionDenied,
        "Pages in browsers may not use a log server that asks for no token. A producer sends no Origin header."
    );

    /// <summary>The answer to a fault of a token.</summary>
    public static Refusal Of(TokenFault fault) =>
        fault.Kind switch
        {
            TokenFaultKind.Missing => TokenMissing,
            TokenFaultKind.Refused => new("unauthorized", 401, StatusCode.Unauthenticated, $"The token was refused: {fault.Why}."),
            TokenFaultKind.Expired => TokenExpired,
            TokenFaultKind.Unchecked => KeysUnavailable,
            TokenFaultKind.KeyNotYetKnown => KeysUnavailable with
            {
                Text = "The token is signed with a key that isn't known here yet. Come back in a moment.",
            },
            _ => throw new UnreachableException(),
        };
}
