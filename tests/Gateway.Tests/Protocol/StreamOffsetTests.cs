using System.Globalization;
using CsCheck;
using OptimizationGateway.Contracts;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Tests.Protocol;

/// <summary>The tokens of positions: PROTOCOL.md section 11.</summary>
public sealed class StreamOffsetTests
{
    private static readonly Gen<long> Ids = Gen.OneOf(Gen.Long[0, 20], Gen.Long[0, EventIds.Max]);

    [Fact]
    public void A_token_is_read_as_it_was_written_whatever_the_epoch() =>
        Gen.Select(Ids, Gen.String[Gen.Char['\u0000', '\ud7ff'], 0, 30])
            .Sample((id, epoch) => StreamOffset.Parse(new StreamOffset(id, epoch).ToString()) == new StreamOffset(id, epoch));

    [Fact]
    public void Tokens_of_one_log_sort_as_ids_do() =>
        Gen.Select(Ids, Ids, Gen.String.AlphaNumeric)
            .Sample(
                (one, other, epoch) =>
                    Math.Sign(string.CompareOrdinal(new StreamOffset(one, epoch).ToString(), new StreamOffset(other, epoch).ToString()))
                    == one.CompareTo(other)
            );

    [Fact]
    public void A_token_can_stand_in_a_url_and_is_never_a_reserved_word() =>
        Gen.Select(Ids, Gen.String[Gen.Char['\u0000', '\ud7ff'], 0, 30])
            .Sample(
                (id, epoch) =>
                {
                    var token = new StreamOffset(id, epoch).ToString();
                    return Uri.EscapeDataString(token) == token && token is not (StreamOffset.Beginning or StreamOffset.Now);
                }
            );

    [Fact]
    public void Any_other_text_is_none() =>
        Gen.String.Sample(text => StreamOffset.Parse(text) is not { } offset || offset.ToString() == text);

    [Fact]
    public void A_cursor_never_goes_back_and_is_greater_than_the_clients()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var present = long.Parse(StreamCursor.After(now, sent: null), CultureInfo.InvariantCulture);

        Assert.Equal(present + 3, long.Parse(StreamCursor.After(now.AddSeconds(60), sent: null), CultureInfo.InvariantCulture));
        Gen.Long[0, 2 * present]
            .Sample(sent =>
            {
                var text = sent.ToString(CultureInfo.InvariantCulture);
                return long.Parse(StreamCursor.After(now, text), CultureInfo.InvariantCulture) > Math.Max(sent, present - 1);
            });
        Assert.Equal($"{present}", StreamCursor.After(now, "no number"));
    }
}
