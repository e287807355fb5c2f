using System.Net;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Tests.Inspection;

public sealed class ClientDetailTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(51234, 51234)]
    public void A_port_that_the_proxy_did_not_tell_is_none(int port, int? shown)
    {
        var who = ClientDetail.Of(
            new ClientInfo("c", IPAddress.Parse("192.0.2.1"), port, UserAgent: null, Origin: null, Name: null, TransportKind.WebSocket)
        );

        Assert.Equal(("192.0.2.1", shown), (who.Address, who.Port));
    }
}
