using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>Reads the settings. Unreadable ones keep their defaults, so that the validation reports them together with all other faults.</summary>
internal sealed class LogServerBinding(IConfiguration configuration) : IConfigureOptions<LogServerOptions>
{
    public void Configure(LogServerOptions options)
    {
        var section = configuration.GetSection(LogServerOptions.Section);
        var unreadable = UnreadableSettings.In(section, typeof(LogServerOptions));
        var single = SettingTree
            .In(section, typeof(LogServerOptions))
            .Select(setting => setting.Path)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var readable = section
            .AsEnumerable()
            .Where(setting => !unreadable.ContainsKey(setting.Key) && (setting.Value is not null || !single.Contains(setting.Key)));
        new ConfigurationBuilder().AddInMemoryCollection(readable).Build().GetSection(LogServerOptions.Section).Bind(options);
    }
}
