namespace OptimizationGateway.Faults.Nemesis;

/// <summary>Deals what it holds in a random order, all of it before anything again, so that nothing comes short.</summary>
internal sealed class Deck<T>(Random random, params T[] cards)
{
    private int left;

    public T Deal()
    {
        if (left == 0)
        {
            random.Shuffle(cards);
            left = cards.Length;
        }

        return cards[--left];
    }
}
