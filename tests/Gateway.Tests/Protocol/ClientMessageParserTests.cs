using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Protocol;

public sealed class ClientMessageParserTests
{
    private const string Valid = "messages/client";
    private const string Invalid = "messages/client-invalid";

    public static TheoryData<string> ValidNames => [.. Golden.Names(Valid, ".json")];

    public static TheoryData<string> InvalidNames => [.. Golden.Names(Invalid, ".json")];

    [Theory]
    [MemberData(nameof(ValidNames))]
    public void A_golden_message_means_what_its_expectation_says(string name)
    {
        var expected = JsonNode.Parse(Golden.Text(Valid, "expectations.json"))![name]!;

        var (message, error) = ClientMessageParser.Parse(Golden.Bytes(Valid, name + ".json"));

        Assert.Null(error);
        Assert.Equal((string?)expected["type"], message!.Type.ToString().ToLowerInvariant());
        Assert.Equal((string?)expected["jobId"] ?? "", message.JobId);
        Assert.Equal((long?)expected["afterEventId"], message.AfterEventId);
        Assert.Equal((string?)expected["epoch"], message.Epoch);
        Assert.Equal((string?)expected["requestId"], message.RequestId);
    }

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void A_malformed_message_is_one_error_with_a_code(string name)
    {
        var expected = (string?)JsonNode.Parse(Golden.Text(Invalid, "expectations.json"))![name];

        var (message, error) = ClientMessageParser.Parse(Golden.Bytes(Invalid, name + ".json"));

        Assert.Null(message);
        Assert.Equal(expected, error!.Code.Name);
        Assert.NotEmpty(error.Text);
        Assert.Equal(SubscriptionEffect.Untouched, error.Effect);
    }

    [Fact]
    public void Any_valid_message_means_what_it_says_in_whatever_order_and_however_it_is_escaped()
    {
        var cursor = Gen.OneOf(Gen.Long[0, EventIds.Max], Gen.Const(0L), Gen.Const(EventIds.Max)).Nullable();
        var message = Gen.Select(Gen.Enum<ClientMessageType>(), Any.Id(256), cursor, Any.Text.Null(), Any.Id(64).Null());
        Gen.Select(message, Gen.Shuffle(Enumerable.Range(0, 6).ToArray()), Gen.Bool, Any.Text)
            .Sample(
                (valid, order, isEscaped, unknown) =>
                {
                    var (type, jobId, after, epoch, requestId) = valid;
                    var members = new (string Name, JsonNode? Value)[]
                    {
                        ("type", type.ToString().ToLowerInvariant()),
                        ("jobId", jobId),
                        ("afterEventId", after),
                        ("epoch", epoch),
                        ("requestId", requestId),
                        ("unknown", new JsonArray(unknown, 1.5, new JsonObject { ["type"] = 1 })),
                    };
                    var json = new JsonObject(order.Select(i => KeyValuePair.Create(members[i].Name, members[i].Value)));
                    var encoder = isEscaped ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

                    var options = new JsonSerializerOptions { Encoder = encoder, WriteIndented = isEscaped };
                    var (parsed, error) = ClientMessageParser.Parse(Encoding.UTF8.GetBytes(json.ToJsonString(options)));

                    Assert.Null(error);
                    Assert.Equal(Expected(type, jobId, after, epoch, requestId), parsed);
                }
            );
    }

    private static ClientMessage Expected(ClientMessageType type, string jobId, long? after, string? epoch, string? requestId) =>
        type switch
        {
            ClientMessageType.Subscribe => new(type, jobId, after, epoch, requestId),
            ClientMessageType.Replay => new(type, jobId, after ?? 0, epoch, requestId),
            ClientMessageType.Unsubscribe => new(type, jobId, null, null, requestId),
            _ => new(type, "", null, null, requestId),
        };

    [Fact]
    public void No_bytes_at_all_make_it_throw() =>
        Gen
            .Byte.Array[0, 200]
            .Sample(bytes =>
            {
                var (message, error) = ClientMessageParser.Parse(bytes);
                return message is null != error is null;
            });

    [Fact]
    public void A_valid_message_with_one_byte_changed_is_a_message_or_an_error()
    {
        var valid = Golden.Names(Valid, ".json").Select(name => Golden.Bytes(Valid, name + ".json")).ToArray();
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 10_000], Gen.Byte)
            .Sample(
                (which, at, value) =>
                {
                    var bytes = (byte[])valid[which].Clone();
                    bytes[at % bytes.Length] = value;
                    var (message, error) = ClientMessageParser.Parse(bytes);
                    return message is null != error is null;
                }
            );
    }

    [Fact]
    public void The_request_id_of_an_invalid_message_is_echoed_so_that_the_client_knows_which_it_was()
    {
        var (_, error) = ClientMessageParser.Parse("""{"type":"subscribe","jobId":"job-1","afterEventId":-1,"requestId":"r7"}"""u8);

        Assert.Equal(("r7", "job-1"), (error!.RequestId, error.JobId));
        Assert.Contains("afterEventId", error.Text, StringComparison.Ordinal);
    }
}
