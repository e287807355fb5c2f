using System.Net;

namespace OptimizationGateway.Gateway.Inspection;

internal static partial class InspectorLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The inspector listens on {Url}.")]
    public static partial void Listens(ILogger logger, string url);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The inspector's keys pass the network in the clear: {Url} can be reached from other machines. Give Gateway:Inspector:Url an https:// address."
    )]
    public static partial void ListensInTheClear(ILogger logger, string url);

    [LoggerMessage(Level = LogLevel.Information, Message = "Inspector: {Key} at {Address} read {What}.")]
    public static partial void Read(ILogger logger, string key, IPAddress? address, string what);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Inspector: {Key} at {Address} closed connection {ConnectionId} of {ClientAddress} with {CloseCode}."
    )]
    public static partial void Closed(
        ILogger logger,
        string key,
        IPAddress? address,
        string connectionId,
        IPAddress? clientAddress,
        int closeCode
    );

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Inspector: {Key} at {Address} closed {Count} of {Matched} connections that {Query} selects with {CloseCode}."
    )]
    public static partial void ClosedMany(
        ILogger logger,
        string key,
        IPAddress? address,
        int count,
        int matched,
        string query,
        int closeCode
    );

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Inspector: {Address} tries keys that don't open it. More of this isn't logged until it has been quiet for a while."
    )]
    public static partial void Refused(ILogger logger, IPAddress? address);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The inspector's key file can't be used, so the keys it had before still open. {Faults}"
    )]
    public static partial void KeyFileUnusable(ILogger logger, string faults);
}
