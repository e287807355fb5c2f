using Microsoft.Extensions.Options;

namespace OptimizationGateway.OptimizerStub;

/// <summary>The checks of <see cref="StubOptions"/>'s attributes, generated.</summary>
[OptionsValidator]
internal sealed partial class StubOptionsRules : IValidateOptions<StubOptions>;
