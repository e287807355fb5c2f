using System.Reflection;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Tests.Protocol;

public sealed class RefusalTests
{
    /// <summary>The counter of refusals starts at 0 for each name; one that is missing would appear with its first value.</summary>
    [Fact]
    public void The_list_of_names_has_every_refusal()
    {
        var declared = typeof(Refusal)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(Refusal))
            .Select(field => ((Refusal)field.GetValue(null)!).Name);

        Assert.Equal(declared.Order(StringComparer.Ordinal), Refusal.Names.Order(StringComparer.Ordinal));
    }
}
