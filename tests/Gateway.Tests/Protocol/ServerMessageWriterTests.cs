using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Protocol;

public sealed class ServerMessageWriterTests
{
    private const string Server = "messages/server";

    private static readonly Dictionary<string, ErrorCode> Codes = new[]
    {
        ErrorCode.InvalidMessage,
        ErrorCode.UnknownType,
        ErrorCode.Unauthorized,
        ErrorCode.Forbidden,
        ErrorCode.JobNotFound,
        ErrorCode.HistoryTruncated,
        ErrorCode.CursorAhead,
        ErrorCode.EpochChanged,
        ErrorCode.TooManySubscriptions,
        ErrorCode.RateLimited,
        ErrorCode.BackendUnavailable,
        ErrorCode.BackendError,
        ErrorCode.BadEvent,
    }.ToDictionary(code => code.Name, StringComparer.Ordinal);

    private static readonly SubscriptionEffect[] Effects =
    [
        SubscriptionEffect.Kept,
        SubscriptionEffect.Ended,
        SubscriptionEffect.NotOpened,
        SubscriptionEffect.Untouched,
    ];

    private static readonly UnsubscribeReason[] Reasons =
    [
        UnsubscribeReason.Requested,
        UnsubscribeReason.JobEnded,
        UnsubscribeReason.Failed,
    ];

    public static TheoryData<string> Names => [.. Golden.Names(Server, ".json")];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_written_is_the_golden_message(string name)
    {
        var golden = Golden.Text(Server, name + ".json");
        var output = new ArrayBufferWriter<byte>();

        Write(output, JsonNode.Parse(golden)!.AsObject());

        Assert.Null(JsonComparison.Difference(golden, Encoding.UTF8.GetString(output.WrittenSpan)));
    }

    [Fact]
    public void Every_code_has_a_golden_message_and_a_sentence_of_its_own()
    {
        var shown = Golden.Names(Server, ".json").Select(name => (string?)JsonNode.Parse(Golden.Text(Server, name + ".json"))!["code"]);

        Assert.Empty(Codes.Keys.Except(shown, StringComparer.Ordinal));
        Assert.Equal(Codes.Count, Codes.Values.Select(code => code.Text).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Any_text_and_any_number_can_be_read_back()
    {
        var number = Gen.Long.Nullable();
        var error = Gen.Select(Gen.OneOf(Codes.Values.ToArray()), Gen.OneOf(Effects), Gen.Bool, number, number, number);
        Gen.Select(Any.Text, Any.Text, Any.Text.Null(), error)
            .Sample(
                (jobId, text, requestId, of) =>
                {
                    var (code, effect, requested, earliest, latest, eventId) = of;
                    var written = new ErrorMessage(code, effect)
                    {
                        Text = text,
                        JobId = jobId,
                        RequestId = requestId,
                        Requested = requested,
                        EarliestEventId = earliest,
                        LatestEventId = latest,
                        EventId = eventId,
                    };

                    Assert.Equal(written, ErrorIn(Written(output => ServerMessageWriter.WriteError(output, written))));
                    var encoded = ServerMessageWriter.Encode(jobId);
                    var subscribed = Written(output =>
                        ServerMessageWriter.WriteSubscribed(output, encoded, text, latest, earliest, requestId)
                    );
                    Assert.Equal(
                        (jobId, text.Length > 0 ? text : null, latest, earliest, requestId),
                        (
                            (string?)subscribed["jobId"],
                            (string?)subscribed["epoch"],
                            (long?)subscribed["lastEventId"],
                            (long?)subscribed["earliestEventId"],
                            (string?)subscribed["requestId"]
                        )
                    );
                    var replay = Written(output =>
                    {
                        ServerMessageWriter.BeginReplay(output, encoded);
                        ServerMessageWriter.EndReplay(output, requested, requested, requestId);
                    });
                    Assert.Equal(
                        (jobId, requestId, 0),
                        ((string?)replay["jobId"], (string?)replay["requestId"], replay["data"]!.AsArray().Count)
                    );
                    var live = Written(output => ServerMessageWriter.WriteEvent(output, encoded, "{}"u8));
                    Assert.Equal((jobId, 0), ((string?)live["jobId"], live["event"]!.AsObject().Count));
                }
            );
    }

    private static JsonObject Written(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    /// <summary>Says with the writer what the golden message says.</summary>
    private static void Write(ArrayBufferWriter<byte> output, JsonObject golden)
    {
        var jobId = ServerMessageWriter.Encode((string?)golden["jobId"] ?? "");
        var requestId = (string?)golden["requestId"];
        switch ((string?)golden["type"])
        {
            case "subscribed":
                ServerMessageWriter.WriteSubscribed(
                    output,
                    jobId,
                    (string?)golden["epoch"],
                    (long?)golden["lastEventId"],
                    (long?)golden["earliestEventId"],
                    requestId
                );
                break;
            case "unsubscribed":
                var reason = Array.Find(Reasons, r => r.Name == (string?)golden["reason"])!;
                ServerMessageWriter.WriteUnsubscribed(output, jobId, reason, requestId);
                break;
            case "event":
                ServerMessageWriter.WriteEvent(output, jobId, Encoding.UTF8.GetBytes(golden["event"]!.ToJsonString()));
                break;
            case "replay":
                ServerMessageWriter.BeginReplay(output, jobId);
                output.Write(Encoding.UTF8.GetBytes(string.Join(',', golden["data"]!.AsArray().Select(e => e!.ToJsonString()))));
                ServerMessageWriter.EndReplay(output, (bool)golden["hasMore"]!, (bool?)golden["requested"] ?? false, requestId);
                break;
            case "pong":
                ServerMessageWriter.WritePong(output, requestId);
                break;
            default:
                ServerMessageWriter.WriteError(output, ErrorIn(golden));
                break;
        }
    }

    private static ErrorMessage ErrorIn(JsonObject golden)
    {
        var code = Codes[(string)golden["code"]!];
        Assert.Equal((bool)golden["retryable"]!, code.Retryable);
        return new ErrorMessage(code, Array.Find(Effects, e => e.Name == (string?)golden["subscription"])!)
        {
            Text = (string)golden["error"]!,
            JobId = (string?)golden["jobId"],
            RequestId = (string?)golden["requestId"],
            Requested = (bool?)golden["requested"] ?? false,
            EarliestEventId = (long?)golden["earliestEventId"],
            LatestEventId = (long?)golden["latestEventId"],
            EventId = (long?)golden["eventId"],
        };
    }
}
