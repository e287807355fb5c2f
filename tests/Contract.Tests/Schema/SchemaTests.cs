using OptimizationGateway.Contract.Tests.Golden;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>
/// The published schemas are what the contract types make of them. That messages are as they say is checked by tests/schema: the goldens,
/// and whatever the tests' clients exchange with a gateway.
/// </summary>
public sealed class SchemaTests
{
    public static TheoryData<string> Files => ["client-messages.json", "server-messages.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_published_is_what_the_contract_types_say(string file)
    {
        var path = RepositoryRoot.Combine("docs", "schema", file);
        var made = file == "client-messages.json" ? MessageSchemas.Client() : MessageSchemas.Server();
        if (GoldenUpdate.Requested)
        {
            File.WriteAllText(path, made);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "missing: run this test with UPDATE_GOLDEN=1", made);
    }
}
