using System.Text.RegularExpressions;

namespace OptimizationGateway.Release.Rules;

/// <summary>The images are tagged and labelled with this version, and deploy/ runs images of these names.</summary>
internal static partial class ImageRule
{
    private const string Annotation = "org.opencontainers.image.";

    public static IEnumerable<Finding> Check(Sources sources, IReadOnlyList<Image> images)
    {
        foreach (var image in images)
        {
            if (image.Tags is not [var tag] || tag != sources.Version)
            {
                yield return new Finding(image.Project, $"The image's tags are {string.Join(", ", image.Tags)}, not {sources.Version}.");
            }

            foreach (var (label, value) in new[] { ("version", sources.Version), ("licenses", sources.Licence) })
            {
                var stated = image.Labels.GetValueOrDefault(Annotation + label);
                if (stated != value)
                {
                    yield return new Finding(
                        image.Project,
                        $"The image's label {Annotation}{label} is {stated ?? "missing"}, not {value}."
                    );
                }
            }

            foreach (var label in (string[])["description", "authors"])
            {
                if (string.IsNullOrEmpty(image.Labels.GetValueOrDefault(Annotation + label)))
                {
                    yield return new Finding(image.Project, $"The image has no label {Annotation}{label}.");
                }
            }
        }

        foreach (var file in sources.Under("deploy", "*.yaml"))
        {
            foreach (Match deployed in Deployed().Matches(sources.Read(file)))
            {
                var name = deployed.Groups["name"].Value;
                if (images.All(image => image.Repository != name))
                {
                    yield return new Finding(file, $"It runs the image {name}, which no project makes.");
                }
            }
        }
    }

    [GeneratedRegex(@"image:\s*(?<name>optimization-[\w-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Deployed();
}
