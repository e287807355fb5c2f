namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>
/// SplitMix64 over a seed and an iteration. Written out, because a job that goes on after a restart, perhaps on a
/// newer runtime, has to draw what it would have drawn; <see cref="Random"/> doesn't promise that.
/// </summary>
internal sealed class SeededRandom(int seed, int iteration)
{
    private ulong state = ((ulong)(uint)seed << 32) | (uint)iteration;

    /// <summary>A number from 0 up to, and without, <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    private ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
