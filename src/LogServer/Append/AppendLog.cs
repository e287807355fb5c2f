using OptimizationGateway.JobLogs;

namespace OptimizationGateway.LogServer.Append;

internal static partial class AppendLog
{
    public static void Unreadable(ILogger logger, string jobId, Exception fault) => Unreadable(logger, jobId, fault.FirstLine());

    public static void OutcomeUnknown(ILogger logger, string jobId, Exception fault) => OutcomeUnknown(logger, jobId, fault.FirstLine());

    [LoggerMessage(Level = LogLevel.Error, Message = "An append to {JobId} failed")]
    public static partial void Failed(ILogger logger, string jobId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log of {JobId} can't be read: {Error}")]
    private static partial void Unreadable(ILogger logger, string jobId, string error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The log was lost while {JobId} was appended to: {Error}. Its producer was told to repeat"
    )]
    private static partial void OutcomeUnknown(ILogger logger, string jobId, string error);
}
