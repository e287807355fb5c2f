using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Tests.Translation.Oracle;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Wire;
using static OptimizationGateway.Fuzz.FuzzTarget;

namespace OptimizationGateway.Fuzz;

/// <summary>A backend's event: our own reader of the wire against the generated parser, and the translation to JSON.</summary>
internal static class EventTarget
{
    private static readonly string[] Members = ["id", "eventType", "iteration", "stage", "data", "timestamp"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 1_000 };

    public static void Try(byte[] bytes)
    {
        WatchMessage.Read(new(bytes));
        var scanned = WatchedEvent.Read(bytes);
        var parsed = TryParse(bytes);
        if (parsed is not null)
        {
            RequireAgreement(scanned, parsed);
        }

        var translator = new JobEventTranslator();
        using var oracle = new OracleTranslator();
        var (output, expected) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var isShown = translator.TryWrite(bytes, output);
        Require(
            oracle.TryWrite(bytes, expected) == isShown && oracle.Fault == translator.Fault,
            "what can be shown is the oracle's verdict"
        );
        if (!isShown)
        {
            return;
        }

        Require(output.WrittenSpan.SequenceEqual(expected.WrittenSpan), "the JSON is the oracle's");
        using var json = JsonDocument.Parse(output.WrittenMemory, Strict);
        Require(
            json.RootElement.EnumerateObject().Select(member => member.Name).SequenceEqual(Members, StringComparer.Ordinal),
            "an event has the six documented members"
        );
        Require(json.RootElement.GetProperty("data").ValueKind == JsonValueKind.Object, "data is an object");
        Require(json.RootElement.GetProperty("timestamp").GetString()!.Length == "2026-01-01T00:00:00.000Z".Length, "a time has its form");
    }

    private static void RequireAgreement(WatchedEvent scanned, JobEvent parsed)
    {
        var isTerminal =
            parsed.PayloadCase is JobEvent.PayloadOneofCase.JobCompleted or JobEvent.PayloadOneofCase.JobCancelled
            || parsed is { PayloadCase: JobEvent.PayloadOneofCase.JobFailed, JobFailed.WillRetry: false };
        Require(scanned.Id == parsed.Id, "the id is the parser's");
        Require(scanned.PreviousId == (parsed.HasPreviousId ? parsed.PreviousId : null), "the id before is the parser's");
        Require(scanned.IsTerminal == isTerminal, "what is terminal is so to the parser");
        Require(
            scanned.IsWellFormed == (parsed.Id is > 0 and < 1L << 53 && parsed.Timestamp is not null),
            "what is well-formed is so to the parser"
        );
    }

    private static JobEvent? TryParse(byte[] bytes)
    {
        try
        {
            return Nesting.Parse(JobEvent.Parser, bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
