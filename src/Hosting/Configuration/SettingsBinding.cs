using Microsoft.Extensions.Options;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>
/// Reads the settings. Unreadable ones keep their defaults, so that the validation reports them together with all other faults. So do
/// settings that a JSON file sets to <c>null</c>, which .NET would pass on.
/// </summary>
/// <param name="configuration">All sources of settings.</param>
/// <param name="section">The section of the options, such as <c>Gateway</c>.</param>
public sealed class SettingsBinding<T>(IConfiguration configuration, string section) : IConfigureOptions<T>
    where T : class
{
    /// <inheritdoc/>
    public void Configure(T options)
    {
        var settings = configuration.GetSection(section);
        var unreadable = UnreadableSettings.In(settings, typeof(T));
        var single = SettingTree.In(settings, typeof(T)).Select(setting => setting.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var readable = settings
            .AsEnumerable()
            .Where(setting => !unreadable.ContainsKey(setting.Key) && (setting.Value is not null || !single.Contains(setting.Key)));
        new ConfigurationBuilder().AddInMemoryCollection(readable).Build().GetSection(section).Bind(options);
    }
}
