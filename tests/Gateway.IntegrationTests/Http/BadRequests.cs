namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>One bad request and its documented answer.</summary>
/// <param name="What">The fault.</param>
/// <param name="Target">The target of the request line.</param>
/// <param name="Status">The status.</param>
/// <param name="Code">The code in the body.</param>
/// <param name="Says">What the text for people has.</param>
/// <param name="Method">The method.</param>
/// <param name="Headers">Further header lines, each with its end.</param>
internal sealed record BadRequest(
    string What,
    string Target,
    int Status,
    string Code,
    string Says,
    string Method = "GET",
    string Headers = "Host: localhost\r\n"
)
{
    public override string ToString() => What;
}

/// <summary>Bad requests for a job's events.</summary>
internal static class BadRequests
{
    /// <summary>The code of an answer that the server gives by itself, without a body.</summary>
    public const string ServersOwn = "";

    private const string Job = "/jobs/job-1/events";
    private const string Host = "Host: localhost\r\n";
    private const string OffsetRule = "offset must be -1, now, or an offset as the gateway gave it.";
    private const string LiveRule = "live must be long-poll or sse";
    private const string Encoding = "percent-encoded UTF-8";

    public static readonly IReadOnlyList<BadRequest> All = [.. Offsets(), .. Modes(), .. JobIds(), .. Methods(), .. Callers()];

    private static IEnumerable<BadRequest> Offsets() =>
        new (string What, string Offset)[]
        {
            ("an empty offset", ""),
            ("an offset that is a plain number", "5"),
            ("an offset below the beginning", "-2"),
            ("an offset in capitals", "NOW"),
            ("an offset without an epoch's place", "0000000000000001"),
            ("an offset with another separator", "0000000000000001-ZTE"),
            ("an offset with a short id", "000000000000001_ZTE"),
            ("an offset with a long id", "00000000000000001_ZTE"),
            ("an offset with a sign", "%2B000000000000001_ZTE"),
            ("an offset with digits of another script", "%D9%A1000000000000000_ZTE"),
            ("an offset beyond 2^53-1", "9007199254740992_ZTE"),
            ("an epoch that isn't base64url", "0000000000000001_Z*E"),
            ("an epoch with padding", "0000000000000001_ZTE%3D"),
            ("an epoch with unused bits", "0000000000000001_ZTF"),
            ("an epoch that isn't UTF-8", "0000000000000001__w"),
            ("an offset with something behind it", "0000000000000001_ZTE%20"),
            ("two offsets in one", "-1,now"),
        }.Select(bad => new BadRequest(bad.What, $"{Job}?offset={bad.Offset}", 400, "invalid_request", OffsetRule));

    private static IEnumerable<BadRequest> Modes() =>
        [
            new("an unknown mode", $"{Job}?offset=-1&live=websocket", 400, "invalid_request", LiveRule),
            new("an empty mode", $"{Job}?offset=-1&live=", 400, "invalid_request", LiveRule),
            new("a mode of an older protocol", $"{Job}?offset=-1&live=true", 400, "invalid_request", LiveRule),
            new("a mode in capitals", $"{Job}?offset=-1&live=SSE", 400, "invalid_request", LiveRule),
            new("two modes", $"{Job}?offset=-1&live=sse&live=long-poll", 400, "invalid_request", LiveRule),
            new("a long-poll without an offset", $"{Job}?live=long-poll", 400, "invalid_request", "offset is missing"),
            new("an event stream without an offset", $"{Job}?live=sse", 400, "invalid_request", "offset is missing"),
            new("two offsets", $"{Job}?offset=-1&offset=now", 400, "invalid_request", "may be sent once"),
            new("two cursors", $"{Job}?offset=-1&live=long-poll&cursor=1&cursor=2", 400, "invalid_request", "may be sent once"),
            new(
                "a Last-Event-ID of another server",
                $"{Job}?offset=-1&live=sse",
                400,
                "invalid_request",
                "Last-Event-ID must be",
                Headers: $"{Host}Last-Event-ID: 17\r\n"
            ),
        ];

    private static IEnumerable<BadRequest> JobIds() =>
        [
            new("a job id with a control character", "/jobs/a%00b/events", 400, ServersOwn, ""),
            new("a job id with a line's end", "/jobs/a%0Ab/events", 400, "invalid_request", "no control characters"),
            new("a job id with a C1 control", "/jobs/a%C2%85b/events", 400, "invalid_request", "no control characters"),
            new("a job id of 257 characters", $"/jobs/{new string('a', 257)}/events", 400, "invalid_request", "1 to 256 characters"),
            new("a job id that isn't UTF-8", "/jobs/%FF/events", 400, "invalid_request", Encoding),
            new("a job id with half a character", "/jobs/%E2%9C/events", 400, "invalid_request", Encoding),
            new("a job id with a surrogate", "/jobs/%ED%A0%80/events", 400, "invalid_request", Encoding),
            new("a job id with a broken escape", "/jobs/a%2/events", 400, "invalid_request", Encoding),
            new("a job id with an escape that is none", "/jobs/a%zz/events", 400, "invalid_request", Encoding),
            new("no job id", "/jobs//events", 404, "not_found", "Nothing is here."),
            new("a job id with a bare slash", "/jobs/a/b/events", 404, "not_found", "Nothing is here."),
            new("a slash at the end", $"{Job}/", 404, "not_found", "Nothing is here."),
            new("another case", "/JOBS/job-1/events", 404, "not_found", "Nothing is here."),
            new("an escaped letter outside the job id", "/jobs/job-1/event%73", 404, "not_found", "Nothing is here."),
        ];

    private static IEnumerable<BadRequest> Methods() =>
        [
            new("a PUT", Job, 405, "method_not_allowed", "can only be read", "PUT"),
            new("a POST", Job, 405, "method_not_allowed", "can only be read", "POST", $"{Host}Content-Length: 0\r\n"),
            new("a DELETE", Job, 405, "method_not_allowed", "can only be read", "DELETE"),
            new("a PATCH", Job, 405, "method_not_allowed", "can only be read", "PATCH"),
            new("a method in small letters", Job, 405, "method_not_allowed", "can only be read", "get"),
            new("a GET with a body", Job, 400, "invalid_request", "no body", Headers: $"{Host}Content-Length: 2\r\n"),
            new("a GET with chunks", Job, 400, "invalid_request", "no body", Headers: $"{Host}Transfer-Encoding: chunked\r\n"),
        ];

    private static IEnumerable<BadRequest> Callers() =>
        [
            new("another host", Job, 403, "host_not_allowed", "Gateway:Security:AllowedHosts", Headers: "Host: evil.example\r\n"),
            Stranger("a page elsewhere", "Origin: https://evil.example\r\n"),
            Stranger("a page without an address", "Origin: null\r\n"),
            Stranger("a picture on a page elsewhere", "Sec-Fetch-Site: cross-site\r\n"),
            Stranger("a script on a page of the same site", "Sec-Fetch-Site: same-site\r\n"),
            Stranger(
                "a preflight of a page elsewhere",
                "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n",
                "OPTIONS"
            ),
        ];

    private static BadRequest Stranger(string what, string headers, string method = "GET") =>
        new(what, Job, 403, "origin_not_allowed", "Gateway:Security:AllowedOrigins", method, Host + headers);
}
