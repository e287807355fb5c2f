using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Sorts the matches and cuts one page out of them.</summary>
internal sealed class Paging<Item>(ConnectionQuery query)
{
    private readonly List<(long Value, string Id, Item Item)> matched = [];

    public int Count => matched.Count;

    /// <param name="value">The number to sort by.</param>
    /// <param name="id">The id that orders two equal numbers.</param>
    /// <param name="item">The match.</param>
    public void Add(long value, string id, Item item) => matched.Add((value, id, item));

    /// <returns>The page, and the cursor of the next one; null if there is none.</returns>
    public (IReadOnlyList<Item> Items, string? Next) Cut()
    {
        var rest = query.After is { } after
            ? matched.FindAll(entry => Compare((entry.Value, entry.Id), (after.Value, after.Id)) > 0)
            : matched;
        rest.Sort((left, right) => Compare((left.Value, left.Id), (right.Value, right.Id)));
        var page = rest[..Math.Min(query.Limit, rest.Count)];
        var next = page.Count < rest.Count ? new PageCursor(query.Sort, query.Ascending, page[^1].Value, page[^1].Id).ToString() : null;
        return ([.. page.Select(entry => entry.Item)], next);
    }

    private int Compare((long Value, string Id) left, (long Value, string Id) right)
    {
        var order = left.Value.CompareTo(right.Value);
        order = order != 0 ? order : string.CompareOrdinal(left.Id, right.Id);
        return query.Ascending ? order : -order;
    }
}

/// <summary>
/// The place in the order where a page ended. It is no count: connections that come and go between two pages don't make others appear
/// twice or not at all.
/// </summary>
/// <param name="Sort">The order of the list.</param>
/// <param name="Ascending">True for ascending order.</param>
/// <param name="Value">The number of the page's last item.</param>
/// <param name="Id">The id of the page's last item.</param>
internal sealed record PageCursor(ConnectionSort Sort, bool Ascending, long Value, string Id)
{
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{(int)Sort} {(Ascending ? 1 : 0)} {Value} {Id}")));

    /// <returns>The cursor; null if the text is none.</returns>
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
