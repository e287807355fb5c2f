using Microsoft.Extensions.Options;

namespace OptimizationGateway.OptimizerStub;

/// <summary>
/// Binds the settings one by one, so that one that can't be read is named by its full path together with what is
/// allowed, and one that doesn't exist is refused instead of being ignored.
/// </summary>
internal sealed class StubOptionsBinding(IConfiguration configuration) : IConfigureOptions<StubOptions>
{
    public void Configure(StubOptions options)
    {
        var section = configuration.GetSection(StubOptions.Section);
        var failures = section.GetChildren().Select(Check).OfType<string>().ToArray();
        if (failures.Length > 0)
        {
            throw new OptionsValidationException(StubOptions.Section, typeof(StubOptions), failures);
        }

        section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
    }

    private static string? Check(IConfigurationSection setting)
    {
        var path = $"{StubOptions.Section}:{setting.Key}";
        if (StubSetting.All.FirstOrDefault(known => known.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)) is not { } known)
        {
            return $"{path} is not a setting. The settings are: {string.Join(", ", StubSetting.All.Select(s => s.Name))}.";
        }

        return setting.Value is { } value && known.CanRead(value)
            ? null
            : $"{StubOptions.Section}:{known.Name} can't be '{setting.Value}'. Allowed: {known.Allowed}.";
    }
}
