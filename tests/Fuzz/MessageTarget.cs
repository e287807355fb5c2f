using System.Buffers;
using System.Text.Json;
using OptimizationGateway.Gateway.Protocol;
using static OptimizationGateway.Fuzz.FuzzTarget;

namespace OptimizationGateway.Fuzz;

/// <summary>A client's text message: the parser, and the answer to what it refuses.</summary>
internal static class MessageTarget
{
    public static void Try(byte[] bytes)
    {
        var (message, error) = ClientMessageParser.Parse(bytes);
        Require(message is null != error is null, "a message comes out as a message or as an error");
        if (error is not null)
        {
            var answer = new ArrayBufferWriter<byte>();
            ServerMessageWriter.WriteError(answer, error);
            using var json = JsonDocument.Parse(answer.WrittenMemory);
            Require(json.RootElement.GetProperty("error").GetString()!.Length > 0, "an error says what was wrong");
            return;
        }

        Require(
            message!.Type == ClientMessageType.Ping || message.JobId.Length is >= 1 and <= 256,
            "a message about a job has the id of one"
        );
        Require(message.AfterEventId is null or (>= 0 and <= (1L << 53) - 1), "a cursor is one that a browser can hold");
        Require(message.RequestId is null or { Length: <= 64 }, "a request id is short");
        Require(message == ClientMessageParser.Parse(Encode(message)).Message, "what was understood can be said again");
    }

    private static byte[] Encode(ClientMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = message.Type.ToString().ToLowerInvariant(),
                jobId = message.JobId,
                afterEventId = message.AfterEventId,
                epoch = message.Epoch,
                requestId = message.RequestId,
            }
        );
}
