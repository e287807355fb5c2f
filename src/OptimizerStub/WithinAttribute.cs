using System.ComponentModel.DataAnnotations;

namespace OptimizationGateway.OptimizerStub;

/// <summary>A range that keeps its message: the validator's generator replaces the framework's own attribute by a copy that loses it.</summary>
internal sealed class WithinAttribute : RangeAttribute
{
    public WithinAttribute(int min, int max)
        : base(min, max) { }

    /// <summary>A range of times, both ends included.</summary>
    public WithinAttribute(string min, string max)
        : base(typeof(TimeSpan), min, max) { }
}
