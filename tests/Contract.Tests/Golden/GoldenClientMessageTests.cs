using System.Text;
using System.Text.Json;

namespace OptimizationGateway.Contract.Tests.Golden;

public sealed class GoldenClientMessageTests
{
    [Fact]
    public void Every_file_has_an_expectation_and_every_expectation_a_file()
    {
        Assert.Equal(GoldenFiles.JsonNames("client"), GoldenFiles.ClientMessages.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(GoldenFiles.JsonNames("client-invalid"), GoldenFiles.InvalidClientMessages.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_documented_type_has_a_golden() =>
        Assert.Equal(
            ["ping", "replay", "subscribe", "unsubscribe"],
            GoldenFiles.ClientMessages.Values.Select(message => message.GetProperty("type").GetString()!).Distinct().Order()
        );

    [Fact]
    public void Every_accepted_message_means_what_its_last_members_say()
    {
        foreach (var (name, means) in GoldenFiles.ClientMessages)
        {
            using var document = JsonDocument.Parse(GoldenFiles.ClientMessage(name));
            foreach (var member in means.EnumerateObject())
            {
                // TryGetProperty takes the last of duplicates. A replay's cursor is 0 where it isn't given.
                var given = document.RootElement.TryGetProperty(member.Name, out var sent);
                var isDefault =
                    means.GetProperty("type").GetString() == "replay"
                    && member is { Name: "afterEventId", Value: var value }
                    && value.GetInt64() == 0;
                Assert.True(given ? JsonElement.DeepEquals(member.Value, sent) : isDefault, $"{name}: {member.Name}");
            }
        }
    }

    [Fact]
    public void Refused_messages_get_a_code_that_touches_no_subscription()
    {
        Assert.Equal(["invalid_message", "unknown_type"], GoldenFiles.InvalidClientMessages.Values.Distinct().Order());

        // The name says why, and an unknown type is the only reason for unknown_type.
        Assert.All(
            GoldenFiles.InvalidClientMessages,
            pair => Assert.Equal(pair.Key.StartsWith("unknown_type", StringComparison.Ordinal), pair.Value == "unknown_type")
        );
    }

    [Fact]
    public void Every_message_is_UTF8_since_anything_else_closes_the_socket()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        Assert.All(GoldenFiles.ClientMessages.Keys, name => strict.GetString(GoldenFiles.ClientMessage(name)));
        Assert.All(GoldenFiles.InvalidClientMessages.Keys, name => strict.GetString(GoldenFiles.InvalidClientMessage(name)));
    }
}
