using System.Xml.Linq;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>A program's image, as its project file defines it.</summary>
/// <param name="Name">Its name and its tag.</param>
/// <param name="Ports">The ports that it states.</param>
/// <param name="User">The user that it runs as.</param>
internal sealed record DeployedImage(string Name, IReadOnlyList<string> Ports, string User)
{
    /// <param name="project">The project's name.</param>
    public static DeployedImage Of(string project)
    {
        var file = XDocument.Load(RepositoryRoot.Combine("src", project, $"{project}.csproj"));
        Assert.Equal("$(Version)", Property(file, "ContainerImageTag"));
        var version = Property(XDocument.Load(RepositoryRoot.Combine("Directory.Build.props")), "Version");
        return new DeployedImage(
            $"{Property(file, "ContainerRepository")}:{version}",
            [.. file.Descendants("ContainerPort").Select(port => port.Attribute("Include")!.Value)],
            Property(file, "ContainerUser")
        );
    }

    private static string Property(XDocument project, string name) => project.Descendants(name).Single().Value;
}
