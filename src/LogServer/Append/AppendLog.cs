namespace OptimizationGateway.LogServer.Append;

internal static partial class AppendLog
{
    public static void Unreadable(ILogger logger, string jobId, Exception fault) => Unreadable(logger, jobId, FirstLine(fault));

    public static void OutcomeUnknown(ILogger logger, string jobId, Exception fault) => OutcomeUnknown(logger, jobId, FirstLine(fault));

    [LoggerMessage(Level = LogLevel.Error, Message = "An append to {JobId} failed")]
    public static partial void Failed(ILogger logger, string jobId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log of {JobId} can't be read: {Error}")]
    private static partial void Unreadable(ILogger logger, string jobId, string error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The log was lost while {JobId} was appended to: {Error}. Its producer was told to repeat"
    )]
    private static partial void OutcomeUnknown(ILogger logger, string jobId, string error);

    /// <summary>The message without further lines: Npgsql's say that details are left out.</summary>
    private static string FirstLine(Exception fault) => fault.Message.Split('\n')[0].TrimEnd('\r', '.');
}
