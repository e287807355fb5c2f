using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Where a page of a list ended: at a place in the order, not at a count, so that connections which come and go between two pages make none
/// of the others appear twice or not at all.
/// </summary>
/// <param name="Sort">What the list is sorted by.</param>
/// <param name="Ascending">Which way.</param>
/// <param name="Value">The last one's value.</param>
/// <param name="Id">The last one's id.</param>
internal sealed record PageCursor(ConnectionSort Sort, bool Ascending, long Value, string Id)
{
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{(int)Sort} {(Ascending ? 1 : 0)} {Value} {Id}")));

    /// <returns>Null where it is none of ours.</returns>
    public static PageCursor? Parse(string text)
    {
        if (!Base64Url.IsValid(text))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ', 4);
        return
            parts.Length == 4
            && Enum.TryParse<ConnectionSort>(parts[0], out var sort)
            && Enum.IsDefined(sort)
            && parts[1] is "0" or "1"
            && long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new PageCursor(sort, parts[1] == "1", value, parts[3])
            : null;
    }
}
