namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>One bad request and its documented answer.</summary>
/// <param name="What">The fault.</param>
/// <param name="Status">The status.</param>
/// <param name="Code">The code in the body; empty where the server answers by itself, without a body.</param>
/// <param name="Says">The part of the text for people that tells the cause.</param>
public sealed record BadRequest(string What, int Status, string Code, string Says)
{
    public const string Json = "Content-Type: application/json\r\n";

    public string Method { get; init; } = "POST";

    public string Target { get; init; } = "/jobs/job-1/events";

    /// <summary>Header lines, each with its end. The length and the host are added.</summary>
    public string Headers { get; init; } = Json;

    public string Body { get; init; } = """{"eventType":"note"}""";

    /// <summary>A header line of the answer; empty: none in particular.</summary>
    public string Answers { get; init; } = "";

    public override string ToString() => What;
}
