using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Tests.Sessions;

public sealed class ClientInfoTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("Browser/1 (ü 🦊)", "Browser/1 (ü 🦊)")]
    [InlineData("a\r\nb\tc\u001b[31m\u0085d", "abc[31md")]
    public void What_a_client_says_of_itself_is_shown_without_control_characters(string? said, string? shown) =>
        Assert.Equal(shown, ClientInfo.Clean(said));

    [Fact]
    public void And_not_without_end()
    {
        var shown = ClientInfo.Clean(string.Concat(Enumerable.Repeat("🦊", 1_000)))!;

        Assert.InRange(shown.Length, 200, 256);
        Assert.EndsWith("🦊…", shown, StringComparison.Ordinal);
    }
}
