using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>The states of jobs as they are written in JSON and in queries.</summary>
internal static class JobStateNames
{
    /// <summary>The state of a job whose backend doesn't supply it, or supplies one that is newer than this gateway.</summary>
    public const string Unknown = "unknown";

    /// <summary>The names, at the places of their numbers less one.</summary>
    public static readonly IReadOnlyList<string> All = ["queued", "running", "paused", "completed", "failed", "cancelled"];

    /// <returns>The name of a state's number.</returns>
    public static string Of(ulong number) => number is > 0 and <= (ulong)JobState.Cancelled ? All[(int)number - 1] : Unknown;

    /// <summary>Returns the state of a name that is in <see cref="All"/>.</summary>
    public static JobState Parse(string name) => (JobState)(All.IndexOf(name) + 1);

    private static int IndexOf(this IReadOnlyList<string> names, string name)
    {
        var index = names.Count - 1;
        while (index >= 0 && names[index] != name)
        {
            index--;
        }

        return index;
    }
}
