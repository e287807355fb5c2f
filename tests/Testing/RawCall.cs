using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Testing;

/// <summary>One call to a <see cref="RawBackend"/>.</summary>
public sealed class RawCall
{
    private const int PrefixBytes = 5;

    internal RawCall(RawConnection connection, int id, WatchJobRequest request)
    {
        Connection = connection;
        Id = id;
        Request = request;
    }

    public RawConnection Connection { get; }

    public int Id { get; }

    public WatchJobRequest Request { get; }

    /// <summary>The head of a gRPC answer.</summary>
    public Task AnswerAsync() => AnswerAsync(200, isEnd: false, ("content-type", "application/grpc"));

    /// <summary>The head of any answer.</summary>
    public Task AnswerAsync(int status, bool isEnd, params (string Name, string Value)[] headers) =>
        Connection.HeadersAsync(Id, isEnd, Encode([(":status", $"{status}"), .. headers]));

    public async Task SayAsync(params WatchJobResponse[] messages)
    {
        foreach (var message in messages)
        {
            await SayBytesAsync(message.ToByteArray());
        }
    }

    /// <summary>One gRPC message of any bytes.</summary>
    /// <param name="message">The bytes.</param>
    /// <param name="length">The length that its prefix claims; by default its own.</param>
    /// <param name="flag">The flag in front of it: 1 says that it is compressed.</param>
    public Task SayBytesAsync(byte[] message, uint? length = null, byte flag = 0)
    {
        var framed = new byte[PrefixBytes + message.Length];
        framed[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(framed.AsSpan(PrefixBytes));
        return DataAsync(framed);
    }

    /// <summary>Body bytes, whatever they are.</summary>
    public Task DataAsync(ReadOnlyMemory<byte> data, bool isEnd = false) => Connection.DataAsync(Id, isEnd, data);

    /// <summary>Ends the stream with these trailers.</summary>
    public Task EndAsync(params (string Name, string Value)[] trailers) => Connection.HeadersAsync(Id, isEnd: true, Encode(trailers));

    public Task ResetAsync(Http2Error error) => Connection.ResetAsync(Id, error);

    /// <summary>HPACK at its plainest, RFC 7541 section 6.2.2: every field a literal that nobody has to remember.</summary>
    private static byte[] Encode((string Name, string Value)[] fields)
    {
        var block = new MemoryStream();
        foreach (var (name, value) in fields)
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        return block.ToArray();
    }

    private static void WriteText(MemoryStream block, string text)
    {
        const int Prefix = 127;
        var length = text.Length;
        if (length < Prefix)
        {
            block.WriteByte((byte)length);
        }
        else
        {
            block.WriteByte(Prefix);
            for (length -= Prefix; length >= 128; length >>= 7)
            {
                block.WriteByte((byte)(length | 128));
            }

            block.WriteByte((byte)length);
        }

        block.Write(Encoding.ASCII.GetBytes(text));
    }
}
