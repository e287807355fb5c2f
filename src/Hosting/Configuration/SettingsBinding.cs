using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>
/// Reads the settings. Unreadable ones keep their defaults, so that the validation reports them together with all other faults. So do
/// settings that a JSON file sets to <c>null</c>, which .NET would pass on.
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
