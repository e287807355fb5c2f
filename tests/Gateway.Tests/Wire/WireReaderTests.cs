using CsCheck;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Wire;

/// <summary>The gateway reads the wire by itself where it must; the generated parser is the judge of what it reads.</summary>
public sealed class WireReaderTests
{
    public static TheoryData<string> GoldenEvents => [.. Golden.Names("events", ".binpb")];

    [Theory]
    [MemberData(nameof(GoldenEvents))]
    public void An_event_is_scanned_as_the_generated_parser_reads_it(string name)
    {
        var bytes = Golden.Bytes("events", name + ".binpb");

        AssertAgree(bytes, JobEvent.Parser.ParseFrom(bytes));
    }

    [Fact]
    public void Mutilated_events_are_scanned_as_the_generated_parser_reads_them_where_it_can()
    {
        var golden = Golden.Names("events", ".binpb").Select(name => Golden.Bytes("events", name + ".binpb")).ToArray();
        Gen.Select(Gen.Int[0, golden.Length - 1], Gen.Int[0, 10_000], Gen.Byte)
            .Sample(
                (which, at, value) =>
                {
                    var bytes = (byte[])golden[which].Clone();
                    bytes[at % bytes.Length] = value;
                    if (TryParse(bytes) is { } parsed)
                    {
                        AssertAgree(bytes, parsed);
                    }
                },
                iter: 20_000
            );
    }

    [Fact]
    public void Any_events_one_after_the_other_are_scanned_as_the_generated_parser_merges_them() =>
        Any
            .Event.Array[1, 3]
            .Sample(events =>
            {
                var bytes = events.SelectMany(jobEvent => jobEvent.ToByteArray()).ToArray();
                AssertAgree(bytes, JobEvent.Parser.ParseFrom(bytes));
            });

    [Fact]
    public void Any_batch_is_read_event_by_event() =>
        Gen.Select(Any.Event.Array[0, 5], Gen.Bool)
            .Sample(
                (events, hasMore) =>
                {
                    var batch = new WatchJobResponse
                    {
                        Replay = new Replay { Events = { events }, HasMore = hasMore },
                    };

                    var message = WatchMessage.Read(new(batch.ToByteArray()));

                    Assert.Equal((WatchMessageKind.Replay, hasMore), (message.Kind, message.HasMore));
                    Assert.Equal(events.Select(jobEvent => jobEvent.ToByteArray()), message.Events.Select(e => e.Bytes.ToArray()));
                }
            );

    [Fact]
    public void Any_bytes_at_all_are_read_to_an_end() =>
        Gen
            .Byte.Array[0, 300]
            .Sample(bytes =>
            {
                WatchMessage.Read(new(bytes));
                WatchedEvent.Read(bytes);
                if (TryParse(bytes) is { } parsed)
                {
                    AssertAgree(bytes, parsed);
                }
            });

    [Fact]
    public void A_batch_with_one_broken_event_still_has_the_others()
    {
        var broken = new byte[] { 0x08, 0x02, 0x22, 0x7F };
        var batch = new MemoryStream();
        using (var output = new CodedOutputStream(batch, leaveOpen: true))
        {
            foreach (var bytes in new[] { Say.Event(1).ToByteArray(), broken, Say.Event(3).ToByteArray() })
            {
                output.WriteTag(Replay.EventsFieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(bytes));
            }
        }

        var message = WatchMessage.Read(new([(WatchJobResponse.ReplayFieldNumber << 3) | 2, (byte)batch.Length, .. batch.ToArray()]));

        Assert.Equal([(1L, true), (2L, false), (3L, true)], message.Events.Select(e => (e.Id, e.IsWellFormed)));
    }

    private static void AssertAgree(byte[] bytes, JobEvent parsed)
    {
        var scanned = WatchedEvent.Read(bytes);
        var isTerminal =
            parsed.PayloadCase is JobEvent.PayloadOneofCase.JobCompleted or JobEvent.PayloadOneofCase.JobCancelled
            || parsed is { PayloadCase: JobEvent.PayloadOneofCase.JobFailed, JobFailed.WillRetry: false };
        Assert.Equal(
            (
                parsed.Id,
                parsed.HasPreviousId ? parsed.PreviousId : null,
                isTerminal,
                parsed.Id is > 0 and < 1L << 53 && parsed.Timestamp is not null
            ),
            (scanned.Id, scanned.PreviousId, scanned.IsTerminal, scanned.IsWellFormed)
        );
    }

    private static JobEvent? TryParse(byte[] bytes)
    {
        try
        {
            return JobEvent.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
