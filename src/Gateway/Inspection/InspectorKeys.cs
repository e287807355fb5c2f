namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// The keys that open the inspector: the key in the settings, and the keys in the file as it is now. While the file can't be used, the
/// keys that it had before count.
/// </summary>
internal sealed class InspectorKeys(InspectorOptions settings, TimeProvider time, ILogger<InspectorKeys> logger)
{
    /// <summary>The time for which a reading of the file counts, and so a key that was removed from it still opens.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly InspectorKey? own = settings.Key is { Length: > 0 } key ? new InspectorKey("Gateway:Inspector:Key", key) : null;
    private IReadOnlyList<InspectorKey> fromFile = [];
    private long? readAt;
    private string told = "";

    /// <returns>The name of the key; null if it opens nothing.</returns>
    public string? NameOf(string presented)
    {
        var hash = InspectorKey.HashOf(presented);
        string? name = null;
        foreach (var known in Now())
        {
            // All of them, so that the time tells nothing of which it is.
            name = known.Is(hash) ? known.Name : name;
        }

        return name;
    }

    private IEnumerable<InspectorKey> Now()
    {
        IReadOnlyList<InspectorKey> listed = [];
        if (settings.KeyFile.Length > 0)
        {
            lock (gate)
            {
                ReadWhatIsOld();
                listed = fromFile;
            }
        }

        return own is null ? listed : listed.Append(own);
    }

    private void ReadWhatIsOld()
    {
        if (readAt is { } at && time.GetElapsedTime(at) < Freshness)
        {
            return;
        }

        readAt = time.GetTimestamp();
        var faults = new List<string>();
        fromFile = InspectorKeyFile.Read(settings.KeyFile, faults) ?? fromFile;
        var trouble = string.Join(' ', faults);
        if (trouble.Length > 0 && trouble != told)
        {
            InspectorLog.KeyFileUnusable(logger, trouble);
        }

        told = trouble;
    }
}
