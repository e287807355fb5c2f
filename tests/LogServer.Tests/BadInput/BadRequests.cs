namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>
/// Bad requests to a log with two jobs: <c>job-1</c>, whose producer <c>p</c> stands at epoch 1, sequence 0, and <c>ended-1</c>. It may have
/// no third job and no second producer, events of 2,048 bytes, and batches of 5 events and 8,192 bytes.
/// </summary>
internal static class BadRequests
{
    public static readonly IReadOnlyList<BadRequest> All =
    [
        .. BadEvents.All,
        .. Sizes(),
        .. Types(),
        .. Producers(),
        .. Expectations(),
        .. Closing(),
        .. Creating(),
        .. Paths(),
        .. Methods(),
    ];

    private static IEnumerable<BadRequest> Sizes() =>
        [
            new("an event that is too large", 413, "event_too_large", "The event has")
            {
                Body = $$$"""{"eventType":"note","data":{"text":"{{{new string('x', 3000)}}}"}}""",
            },
            new("a batch that is too large", 413, "batch_too_large", "LogServer:Limits:BatchBytes") { Body = new string(' ', 8193) },
            new("too many events", 413, "too_many_events", "LogServer:Limits:BatchEvents")
            {
                Body = $"[{string.Join(',', Enumerable.Repeat("""{"eventType":"note"}""", 6))}]",
            },
            new("a length that is a text", 400, "", "") { Headers = $"{BadRequest.Json}Content-Length: x\r\n" },
        ];

    private static IEnumerable<BadRequest> Types() =>
        [
            Type("no type", ""),
            Type("the type of forms", "Content-Type: application/x-www-form-urlencoded\r\n"),
            Type("plain text", "Content-Type: text/plain\r\n"),
            Type("JSON in lines", "Content-Type: application/x-ndjson\r\n"),
            Type("another character set", "Content-Type: application/json; charset=utf-16\r\n"),
            Type("a compressed body", $"{BadRequest.Json}Content-Encoding: gzip\r\n"),
        ];

    private static IEnumerable<BadRequest> Producers() =>
        [
            Producer("a producer without an epoch", "Producer-Id: p\r\nProducer-Seq: 1\r\n", "go together"),
            Producer("a producer without a sequence", "Producer-Id: p\r\nProducer-Epoch: 1\r\n", "go together"),
            Producer("a sequence without a producer", "Producer-Epoch: 1\r\nProducer-Seq: 1\r\n", "go together"),
            Producer("a producer without a name", Of("", "1", "1"), "Producer-Id must have"),
            Producer("a producer's long name", Of(new string('p', 257), "1", "1"), "Producer-Id must have"),
            Producer("two producers", $"Producer-Id: q\r\n{Of("p", "1", "1")}", "may be sent once"),
            Producer("a negative epoch", Of("p", "-1", "1"), "Producer-Epoch must be a whole number"),
            Producer("an epoch beyond 2^53-1", Of("p", "9007199254740992", "0"), "Producer-Epoch must be a whole number"),
            Producer("a sequence with a sign", Of("p", "1", "+1"), "Producer-Seq must be a whole number"),
            Producer("a sequence with a fraction", Of("p", "1", "1.0"), "Producer-Seq must be a whole number"),
            Producer("a new epoch that begins with 1", Of("p", "2", "1"), "must begin with sequence 0"),
            Producer("a gap", Of("p", "1", "2"), "The next sequence of producer p") with
            {
                Status = 409,
                Code = "sequence_gap",
                Answers = "Producer-Expected-Seq: 1",
            },
            Producer("a replaced producer", Of("p", "0", "5"), "a later run has replaced it") with
            {
                Status = 403,
                Code = "producer_fenced",
                Answers = "Producer-Epoch: 1",
            },
            Producer("a producer too many", Of("q", "0", "0"), "LogServer:Limits:ProducersPerJob") with
            {
                Status = 507,
                Code = "too_many_producers",
            },
            Producer("the protocol's other sequence", "Stream-Seq: 1\r\n", "Stream-Seq isn't supported"),
        ];

    private static IEnumerable<BadRequest> Expectations() =>
        [
            Producer("an expected id that is none", "Job-Expected-Last-Id: x\r\n", "Job-Expected-Last-Id must be"),
            Producer("another last id than is expected", "Job-Expected-Last-Id: 2\r\n", "The last event of job-1 is 3, not 2") with
            {
                Status = 409,
                Code = "last_id_conflict",
                Answers = "Job-Last-Id: 3",
            },
            Producer("a lease of 0 s", "Job-Lease: 0\r\n", "Job-Lease must be a whole number from 1 to 86400"),
            Producer("a lease of more than a day", "Job-Lease: 86401\r\n", "Job-Lease must be"),
            Producer("a lease in words", "Job-Lease: 1 min\r\n", "Job-Lease must be"),
        ];

    private static IEnumerable<BadRequest> Closing() =>
        [
            new("an end without an event that ends", 400, "not_ended", "end a job with job_completed, job_failed or job_cancelled")
            {
                Headers = $"{BadRequest.Json}Stream-Closed: true\r\n",
            },
            new("an end without events", 400, "not_ended", "end a job with") { Headers = "Stream-Closed: true\r\n", Body = "" },
            new("an end of a failure that is retried", 400, "not_ended", "end a job with")
            {
                Headers = $"{BadRequest.Json}Stream-Closed: true\r\n",
                Body = """{"eventType":"job_failed","data":{"error":"e","willRetry":true}}""",
            },
            new("an end that is none", 400, "invalid_request", "Stream-Closed must be true")
            {
                Headers = $"{BadRequest.Json}Stream-Closed: false\r\n",
            },
            new("an event for a job that has ended", 409, "job_ended", "has ended with event 1")
            {
                Target = "/jobs/ended-1/events",
                Answers = "Stream-Closed: true",
            },
            new("an event for a job that has ended, with the end", 409, "job_ended", "has ended with event 1")
            {
                Target = "/jobs/ended-1/events",
                Headers = $"{BadRequest.Json}Stream-Closed: true\r\n",
                Body = """{"eventType":"job_completed"}""",
                Answers = "Job-Last-Id: 1",
            },
            new("an end of no job", 404, "job_not_found", "no such job")
            {
                Target = "/jobs/none/events",
                Headers = "Stream-Closed: true\r\n",
                Body = "",
            },
        ];

    private static IEnumerable<BadRequest> Creating() =>
        [
            Put("a job too many", "", "LogServer:Limits:Jobs") with
            {
                Status = 507,
                Code = "too_many_jobs",
                Target = "/jobs/third/events",
            },
            new("a job too many by its first event", 507, "too_many_jobs", "LogServer:Limits:Jobs") { Target = "/jobs/third/events" },
            Put("a job with a time to live", "Stream-TTL: 60\r\n", "LogServer:Retention:EndedJobs"),
            Put("a job with a time to die", "Stream-Expires-At: 2030-01-01T00:00:00Z\r\n", "LogServer:Retention:EndedJobs"),
            Put("a fork", "Stream-Forked-From: /jobs/ended-1/events\r\n", "isn't forked"),
            Put("a job by a producer", Of("p", "1", "1"), "append with POST"),
            Put("a job with an expected id", "Job-Expected-Last-Id: 0\r\n", "append with POST"),
            Put("a job that is closed while it runs", "Stream-Closed: true\r\n", "end a job with") with
            {
                Code = "not_ended",
            },
            Put("a job that begins with a fault", "", "events[0].eventType is required") with
            {
                Code = "invalid_event",
                Body = "[{}]",
            },
            Put("a stream of bytes", "", "application/json") with
            {
                Status = 415,
                Code = "unsupported_media_type",
                Headers = "Content-Type: application/octet-stream\r\n",
                Body = "x",
            },
        ];

    private static IEnumerable<BadRequest> Paths() =>
        [
            Path("no job id", "/jobs//events", 404, "not_found", "Nothing is here"),
            Path("a job id with a bare slash", "/jobs/a/b/events", 404, "not_found", "Nothing is here"),
            Path("a slash at the end", "/jobs/job-1/events/", 404, "not_found", "Nothing is here"),
            Path("another case", "/JOBS/job-1/events", 404, "not_found", "Nothing is here"),
            Path("the job alone", "/jobs/job-1", 404, "not_found", "Nothing is here"),
            Path("a job id of 257 characters", $"/jobs/{new string('a', 257)}/events", 400, "invalid_request", "1 to 256 characters"),
            Path("a job id with a line's end", "/jobs/a%0Ab/events", 400, "invalid_request", "no control characters"),
            Path("a job id that isn't UTF-8", "/jobs/%FF/events", 400, "invalid_request", "percent-encoded UTF-8"),
            Path("a job id with a broken escape", "/jobs/a%2/events", 400, "invalid_request", "percent-encoded UTF-8"),
            Path("a job id with a null", "/jobs/a%00b/events", 400, "", ""),
        ];

    private static IEnumerable<BadRequest> Methods() =>
        [
            Method("a GET", "GET", "This is the writing side"),
            Method("a DELETE", "DELETE", "LogServer:Retention:EndedJobs"),
            Method("a PATCH", "PATCH", "The Allow header"),
            Method("an OPTIONS", "OPTIONS", "The Allow header"),
            new("a HEAD for no job", 404, "", "")
            {
                Method = "HEAD",
                Target = "/jobs/none/events",
                Headers = "",
                Body = "",
            },
            new("a page in a browser", 403, "origin_not_allowed", "Pages in browsers")
            {
                Headers = $"{BadRequest.Json}Origin: https://evil.example\r\n",
            },
        ];

    private static BadRequest Type(string what, string headers) =>
        new(what, 415, "unsupported_media_type", "The body must") { Headers = headers };

    private static BadRequest Producer(string what, string headers, string says) =>
        new(what, 400, "invalid_request", says) { Headers = BadRequest.Json + headers };

    private static BadRequest Put(string what, string headers, string says) =>
        new(what, 400, "invalid_request", says)
        {
            Method = "PUT",
            Headers = BadRequest.Json + headers,
            Body = "",
        };

    private static BadRequest Path(string what, string target, int status, string code, string says) =>
        new(what, status, code, says) { Target = target };

    private static BadRequest Method(string what, string method, string says) =>
        new(what, 405, "method_not_allowed", says)
        {
            Method = method,
            Headers = "",
            Body = "",
            Answers = "Allow: HEAD, POST, PUT",
        };

    private static string Of(string id, string epoch, string sequence) =>
        $"Producer-Id: {id}\r\nProducer-Epoch: {epoch}\r\nProducer-Seq: {sequence}\r\n";
}
