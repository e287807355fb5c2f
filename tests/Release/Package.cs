using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace OptimizationGateway.Release;

/// <summary>A package as it would be published.</summary>
/// <param name="FileName">The name of its file.</param>
/// <param name="Files">What is in it, by path.</param>
internal sealed record Package(string FileName, IReadOnlyDictionary<string, byte[]> Files)
{
    public string? Text(string path) =>
        Files.TryGetValue(path, out var content) ? Encoding.UTF8.GetString(content).TrimStart('\uFEFF').ReplaceLineEndings("\n") : null;

    /// <summary>Opens a .tgz of npm; paths are without npm's own folder <c>package/</c>.</summary>
    public static Package OpenTarball(string path)
    {
        using var file = File.OpenRead(path);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                files[entry.Name["package/".Length..]] = Copy(data);
            }
        }

        return new Package(Path.GetFileName(path), files);
    }

    /// <summary>Opens a .nupkg.</summary>
    public static Package OpenZip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var data = entry.Open();
            files[entry.FullName] = Copy(data);
        }

        return new Package(Path.GetFileName(path), files);
    }

    private static byte[] Copy(Stream data)
    {
        using var copy = new MemoryStream();
        data.CopyTo(copy);
        return copy.ToArray();
    }
}
