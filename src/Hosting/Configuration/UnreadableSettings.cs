namespace OptimizationGateway.Hosting.Configuration;

/// <summary>Finds settings whose text isn't a number, a time or a boolean. The binder would throw at the first one.</summary>
public static class UnreadableSettings
{
    /// <summary>A sentence for each, by its path.</summary>
    public static IReadOnlyDictionary<string, string> In(IConfigurationSection section, Type options) =>
        SettingTree
            .In(section, options)
            .Select(setting => (setting.Path, Fault: FaultOf(setting, section[setting.Path[(section.Path.Length + 1)..]])))
            .Where(pair => pair.Fault is not null)
            .ToDictionary(pair => pair.Path, pair => pair.Fault!, StringComparer.OrdinalIgnoreCase);

    private static string? FaultOf(Setting setting, string? text) =>
        text is null || setting.CanRead(text) ? null : $"{setting.Path} is '{text}'; it must be {setting.Form}.";
}
