using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OptimizationGateway.Gateway;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.LogServer;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>The summaries in the programs' source, as text.</summary>
internal static partial class Descriptions
{
    private static readonly Assembly[] Documented =
    [
        typeof(GatewayHost).Assembly,
        typeof(LogServerHost).Assembly,
        typeof(SettingTree).Assembly,
    ];

    private static readonly Dictionary<string, XElement> Members = Documented
        .SelectMany(assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        // Code that .NET generates is described in each assembly.
        .Where(member => member.Attribute("name")!.Value.Contains(":OptimizationGateway.", StringComparison.Ordinal))
        .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    /// <returns>Empty where it has none.</returns>
    public static string Of(PropertyInfo property) => Of($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <inheritdoc cref="Of(PropertyInfo)"/>
    public static string Of(Type type) => Of($"T:{type.FullName}");

    private static string Of(string member) =>
        Members.GetValueOrDefault(member)?.Element("summary") is { } summary
            ? Space().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim()
            : "";

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.')[^1],
            XElement element => string.Concat(element.Nodes().Select(Text)),
            _ => "",
        };

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Space();
}
