using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Hosting.Startup;

/// <summary>
/// Finds arguments that .NET would silently ignore: names outside the program's section that no part reads, settings without a
/// value, and stray words. Values are never repeated; they may be secrets.
/// </summary>
/// <param name="section">The program's section, such as <c>Gateway</c>.</param>
/// <param name="options">The type of its options.</param>
/// <param name="foreign">The settings that ASP.NET Core and .NET read themselves.</param>
public sealed class UnknownArguments(string section, Type options, IReadOnlyList<string> foreign)
{
    /// <summary>The settings that ASP.NET Core and .NET read themselves.</summary>
    public IReadOnlyList<string> Foreign => foreign;

    /// <summary>The beginnings of variables that others read.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = ["OTEL_", "DOTNET_", "ASPNETCORE_"];

    /// <param name="args">The command line.</param>
    /// <param name="alsoKnown">More section names, and whole arguments that the program itself understands.</param>
    /// <returns>A sentence for each fault.</returns>
    public IEnumerable<string> In(string[] args, params string[] alsoKnown)
    {
        string[] known = [section, .. foreign, .. alsoKnown];
        for (var i = 0; i < args.Length; i++)
        {
            if (alsoKnown.Contains(args[i], StringComparer.Ordinal))
            {
                continue;
            }

            var name = args[i].Split('=', 2)[0];
            var isWord = !name.StartsWith('-') && !name.StartsWith('/');
            if (isWord && (name.Length == args[i].Length || FaultOf(name, known) is not null))
            {
                // Not repeated: it may be the rest of a value, such as a token with a blank before it.
                yield return $"Argument {i + 1} is no setting. Write --Name=value, and a value with blanks in quotes.";
                continue;
            }

            if (FaultOf(name, known) is { } fault)
            {
                yield return fault;
            }

            if (name.Length < args[i].Length)
            {
                continue;
            }

            // The value is the next argument, as .NET reads it, unless that begins with dashes.
            if (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                i++;
            }
            else if (FaultOf(name, known) is null)
            {
                yield return $"{name} has no value. Write {name}=value.";
            }
        }
    }

    private string? FaultOf(string argument, string[] known)
    {
        var path = argument.TrimStart('-', '/');
        if (argument.StartsWith('-') && !argument.StartsWith("--", StringComparison.Ordinal))
        {
            return $"{argument} is no setting. Write it with two dashes: --{path}.";
        }

        var (first, rest) = (
            path.Split(':')[0],
            path.Contains(':', StringComparison.Ordinal) ? path[path.IndexOf(':', StringComparison.Ordinal)..] : ""
        );
        var isKnown =
            known.Contains(first, StringComparer.OrdinalIgnoreCase)
            || Prefixes.Any(prefix => first.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        return isKnown ? null : $"{argument} is no setting. {Remedy(first, rest, known)}";
    }

    private string Remedy(string first, string rest, string[] known)
    {
        if (first.Contains("__", StringComparison.Ordinal))
        {
            return $"On the command line its parts have colons between them: --{first.Replace("__", ":", StringComparison.Ordinal)}{rest}.";
        }

        var parts = SettingTree.PropertiesOf(options).Select(property => property.Name).ToList();
        if (NearestName.Of(first, [.. known, .. parts]) is not { } meant)
        {
            return $"There are {string.Join(", ", known)}; --help says more.";
        }

        return parts.Contains(meant, StringComparer.Ordinal)
            ? $"Did you mean --{section}:{meant}{rest}?"
            : $"Did you mean --{meant.TrimStart('-')}{rest}?";
    }
}
