namespace OptimizationGateway.Testing;

/// <summary>The error codes of RST_STREAM and GOAWAY, RFC 9113 section 7.</summary>
public enum Http2Error
{
    NoError = 0,
    ProtocolError = 1,
    InternalError = 2,
    FlowControlError = 3,
    RefusedStream = 7,
    Cancel = 8,
    EnhanceYourCalm = 11,
}
