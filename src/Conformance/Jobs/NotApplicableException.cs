namespace OptimizationGateway.Conformance.Jobs;

/// <summary>A rule can't be looked at with what there is; the message says what is missing and which option gives it.</summary>
internal sealed class NotApplicableException(string why) : Exception(why);
