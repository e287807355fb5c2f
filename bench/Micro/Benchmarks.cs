using BenchmarkDotNet.Running;

namespace OptimizationGateway.Micro;

/// <summary>The benchmarks of this program, chosen by BenchmarkDotNet's own arguments.</summary>
internal static class Benchmarks
{
    public static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Benchmarks).Assembly).Run(args);
}
