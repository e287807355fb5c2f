using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <summary>
/// One gateway that all rows of a table are thrown at, with a client of good manners that stays connected through them all. When it is
/// disposed, a warning in its log fails the tests.
/// </summary>
public sealed class TargetGateway : IAsyncLifetime
{
    private ScriptedBackend backend = null!;
    private TestClient bystander = null!;

    public TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        backend = await ScriptedBackend.StartAsync();
        backend.Always(ScriptedBackend.Say(Say.Subscribed()));
        Gateway = await TestGateway.StartAsync(backend.Url);
        bystander = await Gateway.ConnectAsync();
    }

    /// <summary>The gateway still serves who was here before, and who comes new.</summary>
    public async Task AssertServesOthersAsync()
    {
        await bystander.SettleAsync();
        await using var newcomer = await RawClient.UpgradeAsync(Gateway.HttpUrl);
        await AssertServesAsync(newcomer);
    }

    /// <summary>The connection still works: a ping is answered.</summary>
    public static async Task AssertServesAsync(RawClient client)
    {
        await client.SendAsync(RawFrame.Message("""{"type":"ping","requestId":"still here"}"""));
        Assert.Equal("""{"type":"pong","requestId":"still here"}""", (await client.ReadFrameAsync())?.PayloadText);
    }

    public async ValueTask DisposeAsync()
    {
        await bystander.DisposeAsync();
        await Gateway.DisposeAsync();
        await backend.DisposeAsync();
    }
}
