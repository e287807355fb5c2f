using Microsoft.Extensions.Options;

namespace OptimizationGateway.Demo;

/// <summary>A part that doesn't start; the message is one line that says why, and which settings to change.</summary>
internal sealed class StartFailedException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Reports a part that can't start (a taken port, a bad setting, a folder that can't be written), always in the same way.</summary>
    public static async Task<T> ExplainAsync<T>(string part, string settings, Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (Exception cause) when (cause is not StartFailedException)
        {
            var text = cause is OptionsValidationException bad ? string.Join(' ', bad.Failures) : cause.Message;
            var why = text.ReplaceLineEndings(" ").TrimEnd('.');
            throw new StartFailedException($"{part} doesn't start: {why}. {settings}", cause);
        }
    }
}
