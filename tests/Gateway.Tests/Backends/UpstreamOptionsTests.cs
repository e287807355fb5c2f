using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Backends;

/// <summary>Each setting about backends in general has a range, and a row in docs/settings.md.</summary>
public sealed class UpstreamOptionsTests
{
    public static TheoryData<string> Names => [.. typeof(UpstreamOptions).GetProperties().Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_refused_outside_its_range_by_its_full_path(string name)
    {
        var range = typeof(UpstreamOptions).GetProperty(name)!.GetCustomAttribute<RangeAttribute>()!;

        Assert.Null(FaultWith(name, Text(range.Minimum)));
        Assert.Null(FaultWith(name, Text(range.Maximum)));
        Assert.Contains($"Gateway:Upstream:{name} must be between", FaultWith(name, "0"), StringComparison.Ordinal);
        Assert.Contains($"Gateway:Upstream:{name} must be between", FaultWith(name, "300000000"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_a_row_in_the_documents_with_its_default(string name)
    {
        var value = typeof(UpstreamOptions).GetProperty(name)!.GetValue(new UpstreamOptions())!;
        var written = value is int number ? number.ToString("N0", CultureInfo.InvariantCulture) : $"`{value}`";

        Assert.Contains(
            $"\n| `{name}` | {written} |",
            File.ReadAllText(RepositoryRoot.Combine("docs", "settings.md")),
            StringComparison.Ordinal
        );
    }

    private static string? FaultWith(string name, string value)
    {
        // A time of 300,000,000 is as many days, more than a time can be: the largest there is will do.
        var isTime = typeof(UpstreamOptions).GetProperty(name)!.PropertyType == typeof(TimeSpan);
        var text = isTime && value == "300000000" ? "10000.00:00:00" : value;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Gateway:Backends:local:Address", "http://127.0.0.1:5001"), new($"Gateway:Upstream:{name}", text)])
            .Build();
        var options = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>()!;
        return new GatewayOptionsValidation(configuration).Validate(null, options).FailureMessage;
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
