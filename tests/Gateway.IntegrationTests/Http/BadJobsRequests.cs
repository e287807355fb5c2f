using System.Buffers.Text;
using System.Text;

namespace OptimizationGateway.Gateway.IntegrationTests.Http;

/// <summary>Bad requests for a list of jobs, and for one job.</summary>
internal static class BadJobsRequests
{
    private const string Host = "Host: localhost\r\n";
    private const string StateRule = "state must be one of queued, running, paused, completed, failed, cancelled; repeat it for several.";
    private const string SizeRule = "pageSize must be a number from 1 to 200.";
    private const string TokenRule = "pageToken must be nextPageToken of an earlier answer, as it was.";
    private const string OtherQuestion = "pageToken is of another question";

    public static readonly IReadOnlyList<BadRequest> All =
    [
        .. Queries(),
        .. Tokens(),
        .. JobIds(),
        .. Both("/jobs"),
        .. Both("/jobs/job-1"),
    ];

    private static IEnumerable<BadRequest> Queries() =>
        [
            Bad("an unknown state", "state=done", StateRule),
            Bad("a state in capitals", "state=RUNNING", StateRule),
            Bad("an empty state", "state=", StateRule),
            Bad("two states in one", "state=running,paused", StateRule),
            Bad("one state of two that is unknown", "state=running&state=unknown", StateRule),
            Bad("a page of nothing", "pageSize=0", SizeRule),
            Bad("a page below nothing", "pageSize=-1", SizeRule),
            Bad("a page that is too large", "pageSize=201", SizeRule),
            Bad("a page of words", "pageSize=ten", SizeRule),
            Bad("a page with a fraction", "pageSize=1.5", SizeRule),
            Bad("an empty page size", "pageSize=", SizeRule),
            Bad("two page sizes", "pageSize=1&pageSize=1", "pageSize may be sent once."),
            Bad("two texts", "q=a&q=b", "q may be sent once."),
            Bad("two tokens", "pageToken=a&pageToken=b", "pageToken may be sent once."),
            Bad("a text of 257 characters", $"q={new string('a', 257)}", "q must have at most 256 characters and no control characters."),
            Bad("a text with a line's end", "q=a%0Ab", "q must have at most 256 characters and no control characters."),
        ];

    private static IEnumerable<BadRequest> Tokens() =>
        new (string What, string Token, string Says)[]
        {
            ("a token that isn't base64url", "*", TokenRule),
            ("a token that isn't JSON", Encode("x"), TokenRule),
            ("a token that is no list", Encode("{}"), TokenRule),
            ("a token of nothing", Encode("[]"), TokenRule),
            ("a token of numbers", Encode("[1]"), TokenRule),
            ("a token with a place of another kind", Encode("""["q",1]"""), TokenRule),
            ("a token with half a place", Encode("""["q",["a"]]"""), TokenRule),
            ("a token that nests deep", Encode("""["q",[[[[]]]]]"""), TokenRule),
            ("a token with a backend twice", Encode("""["q",["a",""],["a",""]]"""), TokenRule),
            ("a token with a long token of a backend", Encode($"""["q",["a","{new string('x', 257)}"]]"""), TokenRule),
            ("a token with text for a time", Encode("""["q",["a","","1",2,3]]"""), TokenRule),
            ("a token of another question", Encode("""["q",["a",""]]"""), OtherQuestion),
        }.Select(bad => Bad(bad.What, $"pageToken={bad.Token}", bad.Says));

    private static IEnumerable<BadRequest> JobIds() =>
        [
            new("a job id of 257 characters", $"/jobs/{new string('a', 257)}", 400, "invalid_request", "1 to 256 characters"),
            new("a job id with a line's end", "/jobs/a%0Ab", 400, "invalid_request", "no control characters"),
            new("a job id that isn't UTF-8", "/jobs/%FF", 400, "invalid_request", "percent-encoded UTF-8"),
            new("a slash behind the list", "/jobs/", 404, "not_found", "Nothing is here."),
            new("a slash behind the job", "/jobs/job-1/", 404, "not_found", "Nothing is here."),
            new("the list in another case", "/Jobs", 404, "not_found", "Nothing is here."),
            new("something else of a job", "/jobs/job-1/pause", 404, "not_found", "Nothing is here."),
        ];

    private static IEnumerable<BadRequest> Both(string path) =>
        [
            new($"a POST to {path}", path, 405, "method_not_allowed", "can only be read", "POST", $"{Host}Content-Length: 0\r\n"),
            new($"a DELETE of {path}", path, 405, "method_not_allowed", "can only be read", "DELETE"),
            new($"a body for {path}", path, 400, "invalid_request", "no body", Headers: $"{Host}Content-Length: 2\r\n"),
            new(
                $"another host at {path}",
                path,
                403,
                "host_not_allowed",
                "Gateway:Security:AllowedHosts",
                Headers: "Host: evil.example\r\n"
            ),
            Stranger(path, "Origin: https://evil.example\r\n"),
            Stranger(path, "Origin: null\r\n"),
            Stranger(path, "Sec-Fetch-Site: cross-site\r\n"),
            Stranger(path, "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n", "OPTIONS"),
        ];

    private static BadRequest Bad(string what, string query, string says) => new(what, $"/jobs?{query}", 400, "invalid_request", says);

    private static BadRequest Stranger(string path, string headers, string method = "GET") =>
        new($"{headers.Trim()} at {path}", path, 403, "origin_not_allowed", "Gateway:Security:AllowedOrigins", method, Host + headers);

    private static string Encode(string token) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token));
}
