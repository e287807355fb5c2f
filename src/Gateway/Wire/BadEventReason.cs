namespace OptimizationGateway.Gateway.Wire;

/// <summary>The reasons for which an event can't be shown, PROTOCOL.md section 6. The log has these names.</summary>
internal enum BadEventReason
{
    /// <summary>Its bytes, or those of its message, don't parse; or it nests hundreds of levels deep.</summary>
    Unreadable,

    /// <summary>Its <c>data</c> nests deeper than is allowed.</summary>
    NestedTooDeep,

    /// <summary>Its id is missing, below 1 or beyond 2^53−1.</summary>
    IdOutOfRange,

    /// <summary>It has no timestamp.</summary>
    NoTimestamp,

    /// <summary>Its timestamp, or one of its payload, is out of range.</summary>
    TimeOutOfRange,

    /// <summary>It is larger than <c>Gateway:Upstream:MaxEventBytes</c>.</summary>
    EventTooLarge,

    /// <summary>Its message is larger than <c>Gateway:Upstream:MaxMessageBytes</c>.</summary>
    MessageTooLarge,

    /// <summary>Its JSON is larger than 16 MiB and than three times its encoded size.</summary>
    JsonTooLarge,
}
