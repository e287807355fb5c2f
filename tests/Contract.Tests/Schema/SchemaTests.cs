using OptimizationGateway.Contract.Tests.Golden;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>
/// The published schemas are what the contract types and the options types make of them. That messages are as they say is checked by tests/schema: the goldens,
/// and whatever the tests' clients exchange with a gateway.
/// </summary>
public sealed class SchemaTests
{
    private static readonly Dictionary<string, Func<string>> Made = new(StringComparer.Ordinal)
    {
        ["client-messages.json"] = MessageSchemas.Client,
        ["server-messages.json"] = MessageSchemas.Server,
        ["appsettings.json"] = SettingsSchema.Gateway,
        ["appsettings.log-server.json"] = SettingsSchema.LogServer,
        ["openapi.json"] = OpenApiDocument.Text,
        ["asyncapi.json"] = AsyncApiDocument.Text,
    };

    public static TheoryData<string> Files => [.. Made.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_published_is_what_the_types_say(string file)
    {
        var path = RepositoryRoot.Combine("docs", "schema", file);
        var made = Made[file]();
        if (GoldenUpdate.Requested)
        {
            File.WriteAllText(path, made);
        }

        var published = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(published == made, $"docs/schema/{file} isn't what the types say: make it anew with {GoldenUpdate.Command}");
    }
}
