using System.Diagnostics;

namespace OptimizationGateway.Testing;

/// <summary>One of the examples: how it is built, what runs it, and what it needs.</summary>
/// <param name="Folder">Below examples/backends.</param>
/// <param name="Runtime">What runs it.</param>
/// <param name="Program">What is run.</param>
/// <param name="Target">What of its Makefile must be made before; null: nothing.</param>
/// <param name="Needs">The files without which it can't be built or run.</param>
/// <param name="Remedy">How to get them.</param>
public sealed record Example(string Folder, string Runtime, string Program, string? Target, IReadOnlyList<string> Needs, string Remedy)
{
    private const string Install = "install what examples/backends/README.md names, or run `make deps` as root";

    private static readonly Example Node = new(
        "node",
        "node",
        "backend.mjs",
        Target: null,
        [RepositoryRoot.Combine("node_modules", "@grpc", "grpc-js", "package.json")],
        "run `make deps`"
    );

    private static readonly Example Python = new(
        "python",
        "/usr/bin/python3",
        "backend.py",
        "generated",
        ["/usr/bin/make", "/usr/bin/protoc", "/usr/bin/grpc_python_plugin", "/usr/lib/python3/dist-packages/grpc/__init__.py"],
        Install
    );

    private static readonly Example Go = new(
        "go",
        "env",
        "generated/backend",
        "build",
        [
            "/usr/bin/make",
            "/usr/bin/protoc",
            "/usr/bin/go",
            "/usr/bin/protoc-gen-go",
            "/usr/bin/protoc-gen-go-grpc",
            "/usr/share/gocode/src/google.golang.org/grpc/server.go",
        ],
        Install
    );

    private readonly Lazy<Task> built = new(() => MakeAsync(Folder, Target));

    /// <summary>Its files.</summary>
    public string Path { get; } = RepositoryRoot.Combine("examples", "backends", Folder);

    public static Example Of(Language language) =>
        language switch
        {
            Language.Node => Node,
            Language.Python => Python,
            Language.Go => Go,
            _ => throw new ArgumentOutOfRangeException(nameof(language)),
        };

    /// <summary>What isn't there of what it needs, and how to get it; null: nothing.</summary>
    public string? Missing
    {
        get
        {
            var files = string.Join(", ", Needs.Where(file => !File.Exists(file)));
            return files.Length > 0 ? $"{files} not found: {Remedy}." : null;
        }
    }

    /// <summary>Builds it, once for all tests.</summary>
    public Task BuildAsync() => built.Value;

    private static async Task MakeAsync(string folder, string? target)
    {
        if (target is null)
        {
            return;
        }

        var start = new ProcessStartInfo("make", ["--silent", "-C", RepositoryRoot.Combine("examples", "backends", folder), target])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var make = Process.Start(start)!;
        var said = await Task.WhenAll(make.StandardError.ReadToEndAsync(), make.StandardOutput.ReadToEndAsync());
        await make.WaitForExitAsync();
        if (make.ExitCode != 0)
        {
            throw new InvalidOperationException($"make {target} in {folder} ended with {make.ExitCode}:\n{string.Concat(said)}");
        }
    }
}
