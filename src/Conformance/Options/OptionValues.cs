using System.Diagnostics;
using System.Globalization;

namespace OptimizationGateway.Conformance.Options;

/// <summary>Reads the values of options. What is wrong is said with the option's name and what it takes.</summary>
internal static class OptionValues
{
    private const int MaxJobIdLength = 256;
    private const double MaxSeconds = 3600;

    public static Uri Url(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { PathAndQuery: "/", UserInfo: "" }
            ? url
            : throw new BadOptionException(
                $"--backend is '{value}', which is no address of a backend: give http://<host>:<port>, or https:// where it speaks TLS."
            );

    public static string JobId(string name, string value) =>
        value.Length is > 0 and <= MaxJobIdLength && !value.Any(char.IsControl)
            ? value
            : throw new BadOptionException(
                $"{name} is {(value.Length == 0 ? "empty" : "no job id")}: give 1 to {MaxJobIdLength} characters without control characters."
            );

    public static TimeSpan Seconds(string name, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds is > 0 and <= MaxSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new BadOptionException($"{name} is '{value}': give seconds above 0, up to {MaxSeconds:0}, such as 15 or 0.5.");

    public static int Pid(string value)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == 0)
        {
            throw new BadOptionException($"--pid is '{value}', which is no process id.");
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return pid;
        }
        catch (ArgumentException)
        {
            throw new BadOptionException($"--pid is {pid}, and there is no such process on this machine.");
        }
    }

    public static string ExistingFile(string name, string value) =>
        File.Exists(value) ? value : throw new BadOptionException($"{name} is '{value}', which is no file that can be found.");

    public static KeyValuePair<string, string> Pair(string value)
    {
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        var key = equals > 0 ? value[..equals].ToLowerInvariant() : "";
        var isKey = key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!isKey || key.StartsWith("grpc-", StringComparison.Ordinal) || key.EndsWith("-bin", StringComparison.Ordinal))
        {
            // Not the whole value: it may be a secret.
            throw new BadOptionException(
                $"--metadata has no usable key{(key.Length > 0 ? $" in '{key}'" : "")}: give key=value, the key of letters, digits, '-', '_' and '.', not grpc-… nor …-bin."
            );
        }

        return new(key, value[(equals + 1)..]);
    }
}
