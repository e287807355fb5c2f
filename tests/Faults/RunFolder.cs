using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults;

/// <summary>Where a run leaves what it wrote.</summary>
internal sealed class RunFolder
{
    public RunFolder(string path)
    {
        Root = path;
        Directory.CreateDirectory(HistoryFolder);
    }

    /// <summary>Not kept in the repository.</summary>
    public static string Artifacts => RepositoryRoot.Combine("artifacts");

    public string Root { get; }

    public string Facts => Path.Combine(Root, "run.json");

    public string Faults => Path.Combine(Root, "faults.jsonl");

    public string Log => Path.Combine(Root, "log.jsonl");

    public string HistoryFolder => Path.Combine(Root, "histories");

    public IEnumerable<string> Histories => Directory.EnumerateFiles(HistoryFolder, "*.jsonl").Order(StringComparer.Ordinal);

    public string History(string place) => Path.Combine(HistoryFolder, $"{place}.jsonl");

    public string ProgramLog(string program) => Path.Combine(Root, $"{program}.log");

    public string Data(string stub) => Path.Combine(Root, "data", stub);

    /// <summary>Forgets what an earlier run left.</summary>
    public void Clear()
    {
        Delete();
        Directory.CreateDirectory(HistoryFolder);
    }

    public void Delete() => Directory.Delete(Root, recursive: true);
}
