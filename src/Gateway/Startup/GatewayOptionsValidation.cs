using Microsoft.Extensions.Options;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Inspection;
using OptimizationGateway.Gateway.Security;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class GatewayRangesValidation : IValidateOptions<GatewayOptions>;

/// <summary>
/// Checks the rules that no attribute can state. Each message names the setting by its full path and says what is allowed.
/// </summary>
internal sealed class GatewayOptionsValidation(IConfiguration configuration) : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var ranges = new GatewayRangesValidation().Validate(name, options);
        var faults = SettingFaults
            .In(configuration, GatewayOptions.Section, typeof(GatewayOptions), ranges, options.Compatibility.IgnoreUnknown)
            .ToList();
        if (options.Backends.Count == 0)
        {
            faults.Add("Gateway:Backends is empty. Name a backend, such as Gateway:Backends:local:Address=http://127.0.0.1:5001.");
        }

        foreach (var (backend, settings) in options.Backends)
        {
            BackendRules.Check($"Gateway:Backends:{backend}", settings, faults);
        }

        CheckPatternsAreDistinct(options.Backends, faults);
        KnownProxies.Check("Gateway:Proxies:Known", options.Proxies.Known, faults);
        if (!PathBase.IsValid(options.PathBase))
        {
            faults.Add(
                $"Gateway:PathBase is '{options.PathBase}'; it must be a path such as /optimizer, without a slash at the end, or empty."
            );
        }

        JwtRules.Check(options.Security, faults);
        CallerRules.Check(options.Security, faults);
        InspectorRules.Check(options.Inspector, ListenUrls.Of(configuration), faults);
        if (options.Console.JobsApiUrl.Length > 0 && !IsHttpUrl(options.Console.JobsApiUrl))
        {
            faults.Add($"Gateway:Console:JobsApiUrl is '{options.Console.JobsApiUrl}'; it must be an http:// or https:// URL, or empty.");
        }

        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    private static void CheckPatternsAreDistinct(Dictionary<string, BackendOptions> backends, List<string> faults)
    {
        var patterns = backends.SelectMany(b => WildcardPattern.ParseList(b.Value.JobIds), (b, pattern) => (pattern.Text, Backend: b.Key));
        foreach (var same in patterns.GroupBy(p => p.Text, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            faults.Add(
                $"Gateway:Backends:{same.Last().Backend}:JobIds has '{same.Key}', and so has Gateway:Backends:{same.First().Backend}:JobIds; "
                    + "a pattern may stand once, so that it is clear who has a job."
            );
        }
    }

    private static bool IsHttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https" } && url.Host.Length > 0;
}
