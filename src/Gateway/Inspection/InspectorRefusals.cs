using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The inspector's refusals, sent in the same form as the gateway's.</summary>
internal static class InspectorRefusals
{
    public static readonly Refusal KeyRequired = new(
        "key_required",
        401,
        "The inspector asks for a key: send Authorization: Bearer <key>, with one of Gateway:Inspector:Key or Gateway:Inspector:KeyFile."
    );

    public static readonly Refusal WrongKey = new(
        "wrong_key",
        401,
        "This key doesn't open the inspector. Gateway:Inspector:Key or Gateway:Inspector:KeyFile says which does."
    );

    public static readonly Refusal TooManyWrongKeys = new(
        "too_many_wrong_keys",
        429,
        "Too many wrong keys came from this address. Wait a few seconds.",
        IsForNow: true
    );

    public static readonly Refusal NotFound = new(
        "not_found",
        404,
        "Nothing is here. The inspector has /inspector/connections, /inspector/connections/{id}, /inspector/jobs/{jobId}, /inspector/jobs?id={jobId}, /inspector/ended, and its page at /."
    );

    public static readonly Refusal ConnectionNotFound = new(
        "connection_not_found",
        404,
        "There is no connection with this id, and none among those remembered of the ones that have ended (Gateway:Inspector:EndedConnections)."
    );

    public static readonly Refusal AlreadyEnding = new("already_ending", 409, "The connection is ending already.");

    public static readonly Refusal MethodNotAllowed = new(
        "method_not_allowed",
        405,
        "The Allow header has the methods that this path takes."
    );

    public static readonly Refusal InvalidBody = new(
        "invalid_body",
        400,
        """Send a JSON object that says whether the client is to connect again: {"comeBack":true} or {"comeBack":false}."""
    );

    public static readonly Refusal InvalidCloseMany = new(
        "invalid_body",
        400,
        "Send a JSON object that says whether the clients are to connect again, and how many percent of those that the query selects are closed: "
            + """{"comeBack":true,"share":50}. share is a number from 0 to 100."""
    );

    /// <param name="text">The sentence that names the parameter and its allowed values.</param>
    public static Refusal InvalidQuery(string text) => new("invalid_query", 400, text);
}
