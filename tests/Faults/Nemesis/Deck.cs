namespace OptimizationGateway.Faults.Nemesis;

/// <summary>Deals what it holds in a random order, all of it before anything again, so that nothing comes short; what is owed comes first.</summary>
internal sealed class Deck<T>(Random random, params T[] cards)
{
    private int left;

    /// <param name="isOwed">Asked of the cards that are left. What is drawn at random doesn't depend on it.</param>
    public T Deal(Func<T, bool> isOwed)
    {
        if (left == 0)
        {
            random.Shuffle(cards);
            left = cards.Length;
        }

        var owed = Array.FindLastIndex(cards, left - 1, card => isOwed(card));
        left--;
        if (owed >= 0)
        {
            (cards[owed], cards[left]) = (cards[left], cards[owed]);
        }

        return cards[left];
    }
}
