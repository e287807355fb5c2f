using System.Reflection;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>All settings that an options type declares, itself and through its parts.</summary>
public static class SettingTree
{
    /// <summary>The path, with <c>&lt;name&gt;</c> or <c>&lt;key&gt;</c> for names that the operator chooses.</summary>
    public static IEnumerable<Setting> Of(string section, Type options) =>
        Below(section, options, (_, isRecord) => [isRecord ? "<name>" : "<key>"]);

    /// <summary>With the names that the configuration has.</summary>
    public static IEnumerable<Setting> In(IConfigurationSection section, Type options) =>
        Below(
            section.Path,
            options,
            (path, _) => section.GetSection(path[(section.Path.Length + 1)..]).GetChildren().Select(child => child.Key)
        );

    /// <summary>The settings of an options type: its properties except the computed ones, those of its base type first.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type options) =>
        IsRecord(options)
            ? PropertiesOf(options.BaseType!)
                .Concat(
                    options
                        .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                        .Where(property => property.CanWrite)
                )
            : [];

    /// <summary>Only our own records have settings below them; a text or a number has none.</summary>
    public static bool IsRecord(Type type) =>
        type.IsClass && type.Namespace?.StartsWith("OptimizationGateway.", StringComparison.Ordinal) == true;

    /// <summary>The type of a dictionary's values; null if the type isn't a dictionary.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>) ? type.GenericTypeArguments[1] : null;

    private static IEnumerable<Setting> Below(string path, Type options, Func<string, bool, IEnumerable<string>> namesBelow)
    {
        var defaults = Activator.CreateInstance(options);
        return PropertiesOf(options).SelectMany(property => OfProperty($"{path}:{property.Name}", property, defaults, namesBelow));
    }

    private static IEnumerable<Setting> OfProperty(
        string path,
        PropertyInfo property,
        object? defaults,
        Func<string, bool, IEnumerable<string>> namesBelow
    )
    {
        if (ElementOf(property.PropertyType) is { } element)
        {
            return namesBelow(path, IsRecord(element))
                .SelectMany(name =>
                    IsRecord(element)
                        ? Below($"{path}:{name}", element, namesBelow)
                        : [new Setting($"{path}:{name}", property, element, Default: null)]
                );
        }

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return IsRecord(type) ? Below(path, type, namesBelow) : [new Setting(path, property, type, property.GetValue(defaults))];
    }
}
