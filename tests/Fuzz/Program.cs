using OptimizationGateway.Fuzz;
using SharpFuzz;

// Run by afl-fuzz through scripts/fuzz.sh; by itself it tries the files that it is given.
if (args is [var name, .. var files] && FuzzTarget.All.TryGetValue(name, out var target))
{
    if (files.Length == 0)
    {
        Fuzzer.OutOfProcess.Run(input =>
        {
            using var bytes = new MemoryStream();
            input.CopyTo(bytes);
            target(bytes.ToArray());
        });
    }

    foreach (var file in files)
    {
        target(File.ReadAllBytes(file));
    }

    return 0;
}

Console.Error.WriteLine($"Usage: Fuzz <target> [file …]; the targets are {string.Join(", ", FuzzTarget.All.Keys)}.");
return 1;
