using OptimizationGateway.Faults.Nemesis;

namespace OptimizationGateway.Faults.Tests.Nemesis;

public sealed class DeckTests
{
    private const int Seed = 1;

    [Fact]
    public void It_deals_all_of_it_before_anything_again()
    {
        var deck = new Deck<int>(new Random(Seed), 1, 2, 3, 4, 5);
        for (var round = 0; round < 3; round++)
        {
            var dealt = Enumerable.Range(0, 5).Select(_ => deck.Deal(card => card % 2 == 0)).Order();
            Assert.Equal([1, 2, 3, 4, 5], dealt);
        }
    }

    [Fact]
    public void What_is_owed_is_dealt_first()
    {
        var deck = new Deck<int>(new Random(Seed), 1, 2, 3, 4, 5, 6, 7, 8);
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal([3, 6], Enumerable.Range(0, 2).Select(_ => deck.Deal(card => card % 3 == 0)).Order());
            Assert.DoesNotContain(Enumerable.Range(0, 6).Select(_ => deck.Deal(card => card % 3 == 0)), card => card % 3 == 0);
        }
    }

    [Fact]
    public void What_it_draws_from_the_seed_does_not_depend_on_what_is_owed()
    {
        var (random, other) = (new Random(Seed), new Random(Seed));
        var (deck, pressed) = (new Deck<int>(random, 1, 2, 3, 4), new Deck<int>(other, 1, 2, 3, 4));
        for (var card = 0; card < 10; card++)
        {
            deck.Deal(_ => false);
            pressed.Deal(each => each == 3);
        }

        Assert.Equal(random.Next(), other.Next());
    }
}
