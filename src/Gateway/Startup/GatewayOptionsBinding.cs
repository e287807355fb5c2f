using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>
/// Reads the settings. What can't be read is left at its default, so that the validation tells of it together with all other faults. So is what
/// a JSON file sets to <c>null</c>: .NET would hand the null on.
/// </summary>
internal sealed class GatewayOptionsBinding(IConfiguration configuration) : IConfigureOptions<GatewayOptions>
{
    public void Configure(GatewayOptions options)
    {
        var section = configuration.GetSection(GatewayOptions.Section);
        var unreadable = UnreadableSettings.In(section, typeof(GatewayOptions));
        var single = SettingTree
            .In(section, typeof(GatewayOptions))
            .Select(setting => setting.Path)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var readable = section
            .AsEnumerable()
            .Where(setting => !unreadable.ContainsKey(setting.Key) && (setting.Value is not null || !single.Contains(setting.Key)));
        new ConfigurationBuilder().AddInMemoryCollection(readable).Build().GetSection(GatewayOptions.Section).Bind(options);
    }
}
