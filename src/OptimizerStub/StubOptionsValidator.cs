using Microsoft.Extensions.Options;

namespace OptimizationGateway.OptimizerStub;

[OptionsValidator]
internal sealed partial class StubOptionsValidator : IValidateOptions<StubOptions>;
