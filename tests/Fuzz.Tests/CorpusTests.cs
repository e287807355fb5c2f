using OptimizationGateway.Testing;

namespace OptimizationGateway.Fuzz.Tests;

/// <summary>
/// The fuzz targets without a fuzzer: over every input that is kept, and over damages to them. <c>make fuzz</c> looks further, with eyes for
/// coverage; what it finds is kept in tests/Fuzz/corpus and tried here for ever after.
/// </summary>
public sealed class CorpusTests
{
    private const int Damages = 20_000;

    [Theory]
    [InlineData("message")]
    [InlineData("event")]
    public void Every_golden_file_and_every_input_that_is_kept_is_taken(string target) =>
        Assert.All(Kept(target), bytes => Try(target, bytes));

    [Theory]
    [InlineData("message", 1)]
    [InlineData("message", 2)]
    [InlineData("event", 1)]
    [InlineData("event", 2)]
    public void Damaged_inputs_are_taken(string target, int seed)
    {
        var inputs = Kept(target);
        var mutation = new Mutation(seed);
        for (var i = 0; i < Damages; i++)
        {
            Try(target, mutation.Damage(inputs[i % inputs.Count], inputs[(i * 7) % inputs.Count]));
        }
    }

    private static (string Folder, string Ending)[] GoldenOf(string target) =>
        target == "event" ? [("events", ".binpb")] : [("messages/client", ".json"), ("messages/client-invalid", ".json")];

    private static List<byte[]> Kept(string target)
    {
        var folder = RepositoryRoot.Combine("tests", "Fuzz", "corpus", target);
        var kept = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);
        var golden = GoldenOf(target)
            .SelectMany(of => Golden.Names(of.Folder, of.Ending).Select(name => Golden.Bytes(of.Folder, name + of.Ending)));
        return [.. golden, .. kept];
    }

    private static void Try(string target, byte[] bytes)
    {
        try
        {
            FuzzTarget.All[target](bytes);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Target {target} failed on {Convert.ToHexString(bytes)}: {e.Message}", e);
        }
    }
}
