namespace OptimizationGateway.Testing;

/// <summary>Finds the repository's files from wherever the tests were built to.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "OptimizationGateway.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No OptimizationGateway.sln above {AppContext.BaseDirectory}.");
    }
}
