namespace OptimizationGateway.Testing;

/// <summary>The golden files of tests/golden.</summary>
public static class Golden
{
    public static string Directory(params string[] parts) => RepositoryRoot.Combine(["tests", "golden", .. parts]);

    /// <summary>The names of the files in a folder, without the ending; never none.</summary>
    public static IReadOnlyList<string> Names(string folder, string ending)
    {
        var names = new DirectoryInfo(Directory(folder.Split('/')))
            .EnumerateFiles("*" + ending)
            .Select(file => file.Name[..^ending.Length])
            .Where(name => name != "expectations" && !name.EndsWith(".proto", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        return names.Count > 0 ? names : throw new InvalidOperationException($"No *{ending} in {folder}.");
    }

    public static byte[] Bytes(string folder, string file) => File.ReadAllBytes(Path.Combine(Directory(folder.Split('/')), file));

    public static string Text(string folder, string file) =>
        File.ReadAllText(Path.Combine(Directory(folder.Split('/')), file)).TrimEnd('\n');
}
