namespace OptimizationGateway.Gateway.Translation;

/// <summary>The reason an event can't be shown.</summary>
internal enum TranslationFault
{
    /// <summary>Its bytes aren't an event, or nest hundreds of levels deep.</summary>
    Unreadable,

    /// <summary>Its <c>data</c> nests deeper than is allowed.</summary>
    NestedTooDeep,

    /// <summary>Its timestamp is missing, or a timestamp of it is not in the years 1 to 9999.</summary>
    TimeOutOfRange,

    /// <summary>Its JSON is larger than is allowed.</summary>
    JsonTooLarge,
}
