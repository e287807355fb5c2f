using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.Gateway.Inspection;

namespace OptimizationGateway.Gateway.Tests.Inspection;

public sealed class WrongKeysTests
{
    [Theory]
    [InlineData("2001:db8::1", "2001:db8::2", false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    public void Guesses_count_for_the_address_or_the_network_of_IPv6(string guesser, string other, bool mayTry)
    {
        var wrong = new WrongKeys(new FakeTimeProvider(), NullLogger<WrongKeys>.Instance);
        for (var i = 0; i < 10; i++)
        {
            wrong.Refused(IPAddress.Parse(guesser));
        }

        Assert.False(wrong.MayTry(IPAddress.Parse(guesser)));
        Assert.Equal(mayTry, wrong.MayTry(IPAddress.Parse(other)));
    }
}
