using System.Text.Json.Nodes;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <param name="Text">What is sent, as one text message.</param>
/// <param name="Error">The exact text of the error that is due.</param>
/// <param name="Code">Its code.</param>
/// <param name="JobId">The job it names.</param>
/// <param name="RequestId">The request it answers.</param>
internal sealed record BadMessage(
    string Text,
    string Error,
    string Code = "invalid_message",
    string? JobId = null,
    string? RequestId = null
)
{
    /// <summary>The whole answer that is due.</summary>
    public string Answer
    {
        get
        {
            var answer = new JsonObject { ["type"] = "error", ["error"] = Error };
            if (JobId is not null)
            {
                answer["jobId"] = JobId;
            }

            answer["code"] = Code;
            answer["retryable"] = false;
            answer["subscription"] = "untouched";
            if (RequestId is not null)
            {
                answer["requestId"] = RequestId;
            }

            return answer.ToJsonString();
        }
    }
}

/// <summary>The table of malformed messages and what each is answered with. Those of tests/golden are tried at the parser, too.</summary>
internal static class BadMessages
{
    private const string NotJson = "The message is not JSON, or nests deeper than 32 levels.";
    private const string NotObject = "The message must be a JSON object.";
    private const string TypeMissing = "\"type\" is missing: send subscribe, unsubscribe, replay or ping.";
    private const string TypeString = "\"type\" must be a string.";
    private const string TypeUnknown = "The message's \"type\" is not known. Send subscribe, unsubscribe, replay or ping.";
    private const string JobMissing = "\"jobId\" is missing: send the id of a job.";
    private const string JobString = "\"jobId\" must be a string.";
    private const string JobLength = "\"jobId\" must have 1 to 256 characters.";
    private const string JobControl = "\"jobId\" must have no control characters.";
    private const string JobUnicode = "\"jobId\" must be well-formed Unicode.";
    private const string After = "\"afterEventId\" must be an integer from 0 to 2^53-1, without fraction or exponent.";
    private const string EpochString = "\"epoch\" must be a string.";
    private const string EpochUnicode = "\"epoch\" must be well-formed Unicode.";
    private const string RequestString = "\"requestId\" must be a string.";
    private const string RequestLength = "\"requestId\" must have at most 64 characters.";
    private const string RequestUnicode = "\"requestId\" must be well-formed Unicode.";

    private static readonly string[] CursorTypes = ["subscribe", "replay"];
    private static readonly string[] JobTypes = [.. CursorTypes, "unsubscribe"];
    private static readonly string[] AllTypes = [.. JobTypes, "ping"];
    private static readonly string[] BadCursors =
    [
        "-1",
        "-0",
        "-0.0",
        "0.0",
        "1.0",
        "1.5",
        "1e3",
        "1E0",
        "0e0",
        "9007199254740992",
        "9223372036854775808",
        "18446744073709551616",
        "1e400",
        "\"1\"",
        "\"\"",
        "true",
        "[1]",
        "{\"id\":1}",
    ];

    public static readonly Dictionary<string, BadMessage> Rows = Roots()
        .Concat(Types())
        .Concat(Jobs())
        .Concat(Cursors())
        .Concat(OtherMembers())
        .ToDictionary(row => row.Name, row => row.Message, StringComparer.Ordinal);

    private static IEnumerable<(string Name, BadMessage Message)> Roots() =>
        [
            ("nothing", new("", NotJson)),
            ("white space", new("  \r\n\t", NotJson)),
            ("a word", new("hello", NotJson)),
            ("a byte order mark", new("\uFEFF{\"type\":\"ping\"}", NotJson)),
            ("cut off", new("""{"type":"ping" """, NotJson)),
            ("two objects", new("""{"type":"ping"}{"type":"ping"}""", NotJson)),
            ("a comma at the end", new("""{"type":"ping",}""", NotJson)),
            ("single quotes", new("{'type':'ping'}", NotJson)),
            ("names without quotes", new("{type:\"ping\"}", NotJson)),
            ("a comment", new("""{"type":"ping"/* ! */}""", NotJson)),
            ("NaN", new("""{"type":"subscribe","jobId":"j","afterEventId":NaN}""", NotJson)),
            ("a control character as it is", new("{\"type\":\"subscribe\",\"jobId\":\"a\nb\"}", NotJson)),
            ("an escape that is none", new("""{"type":"subscribe","jobId":"\x41"}""", NotJson)),
            ("a leading zero", new("""{"type":"subscribe","jobId":"j","afterEventId":01}""", NotJson)),
            ("a plus sign", new("""{"type":"subscribe","jobId":"j","afterEventId":+1}""", NotJson)),
            ("33 levels", new($$"""{"type":"ping","x":{{new string('[', 32)}}{{new string(']', 32)}}}""", NotJson)),
            ("10,000 levels", new(new string('[', 10_000), NotObject)),
            ("10,000 levels in a member", new("{\"x\":" + new string('[', 10_000), NotJson)),
            ("an array", new("""[{"type":"ping"}]""", NotObject)),
            ("a string", new("\"ping\"", NotObject)),
            ("a number", new("1", NotObject)),
            ("null", new("null", NotObject)),
            ("true", new("true", NotObject)),
        ];

    private static IEnumerable<(string Name, BadMessage Message)> Types() =>
        [
            ("no type", new("{}", TypeMissing)),
            ("no type but a request id", new("""{"requestId":"r"}""", TypeMissing, RequestId: "r")),
            ("a type in capitals as a name", new("""{"Type":"ping"}""", TypeMissing)),
            ("a type of null", new("""{"type":null}""", TypeMissing)),
            ("a type of 1", new("""{"type":1}""", TypeString)),
            ("a type of true", new("""{"type":true}""", TypeString)),
            ("a type of [ping]", new("""{"type":["ping"]}""", TypeString)),
            ("a type of an object", new("""{"type":{"type":"ping"}}""", TypeString)),
            ("a type with a lone surrogate", new("""{"type":"\ud800"}""", "\"type\" must be well-formed Unicode.")),
            ("the last type is bad", new("""{"type":"ping","type":1}""", TypeString)),
            ("an empty type", new("""{"type":""}""", TypeUnknown, "unknown_type")),
            ("a type of tomorrow", new("""{"type":"tomorrow","requestId":"r"}""", TypeUnknown, "unknown_type", RequestId: "r")),
            ("a type in capitals", new("""{"type":"PING"}""", TypeUnknown, "unknown_type")),
            ("a type with a space", new("""{"type":"ping "}""", TypeUnknown, "unknown_type")),
            ("a type of ours", new("""{"type":"pong"}""", TypeUnknown, "unknown_type")),
        ];

    private static IEnumerable<(string Name, BadMessage Message)> Jobs() =>
        from type in JobTypes
        from row in new (string Name, string? Value, string Error)[]
        {
            ("no jobId", null, JobMissing),
            ("jobId null", "null", JobMissing),
            ("jobId 1", "1", JobString),
            ("jobId true", "true", JobString),
            ("jobId in an array", "[\"j\"]", JobString),
            ("jobId in an object", "{\"id\":\"j\"}", JobString),
            ("jobId empty", "\"\"", JobLength),
            ("jobId of 257", $"\"{new string('j', 257)}\"", JobLength),
            ("jobId of 129 emoji", $"\"{string.Concat(Enumerable.Repeat("😀", 129))}\"", JobLength),
            ("jobId with NUL", "\"a\\u0000\"", JobControl),
            ("jobId with a line feed", "\"a\\n\"", JobControl),
            ("jobId with DEL", "\"a\u007F\"", JobControl),
            ("jobId with NEL", "\"a\\u0085\"", JobControl),
            ("jobId with half a pair", "\"\\ud83d\"", JobUnicode),
            ("jobId with the other half", "\"\\ude00\"", JobUnicode),
            ("jobId with a pair swapped", "\"\\ude00\\ud83d\"", JobUnicode),
        }
        select (
            $"{type}: {row.Name}",
            new BadMessage(row.Value is null ? $$"""{"type":"{{type}}"}""" : $$"""{"type":"{{type}}","jobId":{{row.Value}}}""", row.Error)
        );

    private static IEnumerable<(string Name, BadMessage Message)> Cursors() =>
        from type in CursorTypes
        from value in BadCursors
        select (
            $"{type}: afterEventId {value}",
            new BadMessage(
                $$"""{"type":"{{type}}","jobId":"j","afterEventId":{{value}},"requestId":"r"}""",
                After,
                JobId: "j",
                RequestId: "r"
            )
        );

    private static IEnumerable<(string Name, BadMessage Message)> OtherMembers() =>
        [
            .. from type in CursorTypes
            from row in new[]
            {
                ("1", EpochString),
                ("false", EpochString),
                ("[]", EpochString),
                ("{}", EpochString),
                ("\"\\ud800\"", EpochUnicode),
            }
            select (
                $"{type}: epoch {row.Item1}",
                new BadMessage($$"""{"type":"{{type}}","jobId":"j","epoch":{{row.Item1}}}""", row.Item2, JobId: "j")
            ),
            .. from type in AllTypes
            from row in new[]
            {
                ("1", RequestString),
                ("true", RequestString),
                ("[\"r\"]", RequestString),
                ("{}", RequestString),
                ($"\"{new string('r', 65)}\"", RequestLength),
                ("\"\\udc00\"", RequestUnicode),
            }
            select (
                $"{type}: requestId {row.Item1}",
                new BadMessage($$"""{"type":"{{type}}","jobId":"j","requestId":{{row.Item1}}}""", row.Item2, JobId: "j")
            ),
            ("the last jobId is bad", new("""{"type":"subscribe","jobId":"j","jobId":""}""", JobLength)),
            (
                "the last afterEventId is bad",
                new("""{"type":"subscribe","jobId":"j","afterEventId":1,"afterEventId":-1}""", After, JobId: "j")
            ),
            ("the first of several faults is told", new("""{"requestId":1,"epoch":1,"afterEventId":-1,"type":"subscribe"}""", JobMissing)),
        ];
}
