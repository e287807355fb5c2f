using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>A setting's effective value, with secrets hidden, and its source.</summary>
public sealed record EffectiveSetting(string Path, string Text, string Source)
{
    private const string Nothing = "(none)";
    private const string Hidden = "(hidden)";

    /// <summary>All settings of a section, including those at their defaults.</summary>
    public static IEnumerable<EffectiveSetting> In(IConfigurationRoot configuration, string section, Type options) =>
        SettingTree.In(configuration.GetSection(section), options).Select(setting => Of(configuration, setting));

    private static EffectiveSetting Of(IConfigurationRoot configuration, Setting setting)
    {
        var (text, source) = Find(configuration, setting.Path) ?? (setting.DefaultText, "default");
        return new EffectiveSetting(
            setting.Path,
            text.Length == 0 ? Nothing
                : setting.IsSecret ? Hidden
                : SecretText.Hide(text),
            source
        );
    }

    /// <summary>Finds the source of a setting: the last one that has it wins.</summary>
    private static (string Text, string Source)? Find(IConfigurationRoot configuration, string path)
    {
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner })
            {
                if (Find(inner, path) is { } found)
                {
                    return found;
                }
            }
            else if (provider.TryGet(path, out var text) && text is not null)
            {
                return (text, NameOf(provider));
            }
        }

        return null;
    }

    private static string NameOf(IConfigurationProvider provider) =>
        provider switch
        {
            CommandLineConfigurationProvider => "command line",
            EnvironmentVariablesConfigurationProvider => "environment",
            FileConfigurationProvider file => NameOf(file.Source),
            _ => "the program",
        };

    /// <summary>Names a file in the working directory by its name, another one by its path.</summary>
    private static string NameOf(FileConfigurationSource file)
    {
        var name = file.Path ?? "a file";
        var path = file.FileProvider?.GetFileInfo(name).PhysicalPath ?? name;
        return System.IO.Path.GetDirectoryName(path) == Environment.CurrentDirectory ? System.IO.Path.GetFileName(path) : path;
    }
}
