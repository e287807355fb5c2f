using ArchUnitNET.Domain;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace OptimizationGateway.Gateway.Tests;

/// <summary>Who may use what: docs/architecture.md.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "OptimizationGateway.Gateway";

    private static readonly Architecture Gateway = new ArchLoader().LoadAssemblies(typeof(GatewayHost).Assembly).Build();

    private static readonly string[] Rooms =
    [
        "Protocol",
        "Outboxes",
        "Sockets",
        "Wire",
        "Backends",
        "Watching",
        "Translation",
        "Subscriptions",
        "Sessions",
        "Security",
        "Proxies",
        "Telemetry",
        "Configuration",
        "Inspection",
    ];

    [Theory]
    [InlineData("Protocol")]
    [InlineData("Outboxes", "Protocol")]
    [InlineData("Sockets", "Protocol", "Outboxes")]
    [InlineData("Configuration")]
    [InlineData("Wire")]
    [InlineData("Backends", "Wire", "Telemetry", "Configuration")]
    [InlineData("Watching", "Wire", "Backends", "Telemetry")]
    [InlineData("Translation", "Protocol")]
    [InlineData("Subscriptions", "Protocol", "Wire", "Backends", "Watching", "Translation", "Outboxes", "Telemetry")]
    [InlineData("Sessions", "Protocol", "Sockets", "Outboxes", "Subscriptions", "Backends", "Telemetry")]
    [InlineData(
        "Inspection",
        "Protocol",
        "Sockets",
        "Outboxes",
        "Subscriptions",
        "Sessions",
        "Wire",
        "Backends",
        "Watching",
        "Security",
        "Telemetry",
        "Configuration"
    )]
    public void A_room_uses_only_what_it_may(string room, params string[] allowed)
    {
        foreach (var other in Rooms.Except([room, .. allowed], StringComparer.Ordinal))
        {
            IArchRule rule = Types()
                .That()
                .ResideInNamespace($"{Root}.{room}")
                .Should()
                .NotDependOnAny(Types().That().ResideInNamespace($"{Root}.{other}"));
            rule.Check(Gateway);
        }
    }

    [Fact]
    public void Only_the_translator_reads_payloads()
    {
        var readers = Gateway
            .Types.Where(type => type.Dependencies.Any(d => d.Target.Name == "PayloadOneofCase"))
            .Select(type => type.Namespace.FullName)
            .Distinct(StringComparer.Ordinal);

        Assert.Equal([$"{Root}.Translation"], readers);
    }
}
