using System.Reflection;

namespace OptimizationGateway.Gateway;

/// <summary>Finds settings that nothing reads: mostly a word misspelt, which would otherwise mean the default, silently.</summary>
internal static class UnknownSettings
{
    /// <summary>A sentence for each setting below <paramref name="section"/> that <paramref name="options"/> has no property for.</summary>
    public static IEnumerable<string> In(IConfigurationSection section, Type options)
    {
        if (options.IsGenericType && options.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            return section.GetChildren().SelectMany(child => In(child, options.GenericTypeArguments[1]));
        }

        // Only our own records have settings below them; a text or a number has none.
        var isRecord = options.Assembly == typeof(UnknownSettings).Assembly;
        var known = isRecord ? options.GetProperties(BindingFlags.Public | BindingFlags.Instance) : [];
        return section.GetChildren().SelectMany(child => InChild(child, section, known));
    }

    private static IEnumerable<string> InChild(IConfigurationSection child, IConfigurationSection parent, PropertyInfo[] known)
    {
        var property = Array.Find(known, p => string.Equals(p.Name, child.Key, StringComparison.OrdinalIgnoreCase));
        if (property is not null)
        {
            return In(child, property.PropertyType);
        }

        var names = string.Join(", ", known.Select(p => p.Name));
        return
        [
            $"{child.Path} is no setting. {(names.Length > 0 ? $"{parent.Path} has {names}." : $"{parent.Path} has nothing below it.")}",
        ];
    }
}
