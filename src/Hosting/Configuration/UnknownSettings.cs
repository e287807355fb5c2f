using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>Finds settings that nothing reads: mostly a word misspelt, which would otherwise mean the default, silently.</summary>
public static class UnknownSettings
{
    /// <summary>A sentence for each setting below <paramref name="section"/> that <paramref name="options"/> has no property for.</summary>
    public static IEnumerable<string> In(IConfigurationSection section, Type options)
    {
        if (SettingTree.ElementOf(options) is { } element)
        {
            return section.GetChildren().SelectMany(child => In(child, element));
        }

        var known = SettingTree.PropertiesOf(options).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        var below = section.GetChildren().SelectMany(child => InChild(child, section, known));
        return known.Count > 0 && !string.IsNullOrEmpty(section.Value)
            ? below.Prepend($"{section.Path} has a value, but it is no setting by itself. {ListOf(section, known)}")
            : below;
    }

    /// <summary>
    /// Returns a sentence for each section whose name is nearly that of <paramref name="section"/>. Other sections belong to others.
    /// </summary>
    public static IEnumerable<string> Beside(IConfiguration configuration, string section) =>
        configuration
            .GetChildren()
            .Where(child => !string.Equals(child.Key, section, StringComparison.OrdinalIgnoreCase))
            .Where(child => NearestName.Of(child.Key, [section]) is not null && child.GetChildren().Any())
            .Select(child => $"{child.Key} is no section of settings. Did you mean {section}?");

    private static IEnumerable<string> InChild(IConfigurationSection child, IConfigurationSection parent, Dictionary<string, Type> known) =>
        known.TryGetValue(child.Key, out var type) ? In(child, type) : [$"{child.Path} is no setting. {ListOf(parent, known)}"];

    private static string ListOf(IConfigurationSection parent, Dictionary<string, Type> known) =>
        known.Count > 0 ? $"{parent.Path} has {string.Join(", ", known.Keys)}." : $"{parent.Path} has nothing below it.";
}
