namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>The data sets that jobs can name.</summary>
internal sealed class DatasetCatalog
{
    private const int FaultyIteration = 3;
    private readonly Dictionary<string, Dataset> datasets;

    public DatasetCatalog()
    {
        var texts = ReadSupport();
        Dataset[] all = [new("support", texts), new("faulty", texts, FaultyIteration)];
        datasets = all.ToDictionary(dataset => dataset.Id, StringComparer.Ordinal);
    }

    public IEnumerable<string> Ids => datasets.Keys;

    public Dataset this[string id] => datasets[id];

    public bool Contains(string id) => datasets.ContainsKey(id);

    private static List<LabelledText> ReadSupport()
    {
        const string resource = "support.tsv";
        using var stream = typeof(DatasetCatalog).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        var texts = new List<LabelledText>();
        while (reader.ReadLine() is { } line)
        {
            var columns = line.Split('\t', count: 2);
            texts.Add(new LabelledText(columns[0], columns[1]));
        }

        return texts;
    }
}
