using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>Maps the faults of the translator to the reasons for which an event can't be shown.</summary>
internal static class BadEventReasons
{
    /// <summary>Maps a fault.</summary>
    public static BadEventReason Of(TranslationFault? fault) =>
        fault switch
        {
            TranslationFault.NestedTooDeep => BadEventReason.NestedTooDeep,
            TranslationFault.TimeOutOfRange => BadEventReason.TimeOutOfRange,
            TranslationFault.JsonTooLarge => BadEventReason.JsonTooLarge,
            _ => BadEventReason.Unreadable,
        };
}
