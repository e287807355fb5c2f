using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Sessions;

/// <summary>Each limit is a setting with a range, and has a row in docs/settings.md.</summary>
public sealed class SessionLimitsTests
{
    private static readonly PropertyInfo[] Limits = typeof(SessionLimits).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    public static TheoryData<string> Names => [.. Limits.Select(limit => limit.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_out_of_its_range_is_refused_by_its_full_path_and_its_range_and_its_default_is_not(string name)
    {
        var range = RangeOf(name);

        Assert.Null(FaultWith(name, null));
        Assert.Null(FaultWith(name, Text(range.Minimum)));
        Assert.Null(FaultWith(name, Text(range.Maximum)));
        string[] outside = [JustOutside(range.Minimum, -1), JustOutside(range.Maximum, 1), Text(Negative(range.Minimum))];
        foreach (var bad in outside.Where(bad => bad != Text(range.Minimum)))
        {
            var fault = FaultWith(name, bad);
            Assert.NotNull(fault);
            Assert.Contains($"Gateway:Limits:{name} must be between", fault, StringComparison.Ordinal);
            Assert.Contains(Text(range.Maximum), fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_has_a_row_in_the_documents_with_its_default(string name)
    {
        var value = Property(name).GetValue(new SessionLimits());
        var written =
            value is null ? "derived"
            : value is int number ? number.ToString("N0", CultureInfo.InvariantCulture)
            : $"`{Text(value)}`";

        Assert.Contains(
            $"\n| `{name}` | {written} |",
            File.ReadAllText(RepositoryRoot.Combine("docs", "settings.md")),
            StringComparison.Ordinal
        );
    }

    private static PropertyInfo Property(string name) => Array.Find(Limits, limit => limit.Name == name)!;

    private static RangeAttribute RangeOf(string name)
    {
        var range = Property(name).GetCustomAttribute<RangeAttribute>();
        Assert.NotNull(range);
        return range;
    }

    private static string? FaultWith(string name, string? value)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(value is null ? [] : [new KeyValuePair<string, string?>($"Gateway:Limits:{name}", value)])
            .Build();
        var options = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        options.Backends["local"] = new BackendOptions { Address = "http://127.0.0.1:5001" };
        return new GatewayOptionsValidation(configuration).Validate(null, options).FailureMessage;
    }

    private static string Text(object value) =>
        value switch
        {
            TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
            string number when long.TryParse(number, CultureInfo.InvariantCulture, out _) => number,
            string time => TimeSpan.Parse(time, CultureInfo.InvariantCulture).ToString("c", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string JustOutside(object bound, int direction) =>
        bound is int number ? Text(number + direction)
        : long.TryParse(Text(bound), CultureInfo.InvariantCulture, out var large) ? Text(large + direction)
        : Text(TimeSpan.Parse(Text(bound), CultureInfo.InvariantCulture) + TimeSpan.FromMilliseconds(direction));

    private static object Negative(object bound) =>
        bound is int number ? -number
        : long.TryParse(Text(bound), CultureInfo.InvariantCulture, out var large) ? -large
        : -TimeSpan.Parse(Text(bound), CultureInfo.InvariantCulture);
}
