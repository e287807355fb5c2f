using Microsoft.Extensions.Options;

namespace OptimizationGateway.OptimizerStub;

/// <summary>The generated checks, with failures that name a setting by its full path.</summary>
internal sealed class StubOptionsValidator : IValidateOptions<StubOptions>
{
    private readonly StubOptionsRules rules = new();

    public ValidateOptionsResult Validate(string? name, StubOptions options)
    {
        var result = rules.Validate(name, options);
        return result.Failed ? ValidateOptionsResult.Fail(result.Failures.Select(failure => $"{StubOptions.Section}:{failure}")) : result;
    }
}
