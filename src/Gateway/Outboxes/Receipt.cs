using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Outboxes;

/// <summary>A message that the writer was given. The writer hands it in once the socket has taken the message.</summary>
/// <param name="Lane">The lane that the message comes from; null for an answer.</param>
/// <param name="Subscription">The lane's subscription then.</param>
/// <param name="Facts">The facts about the message.</param>
/// <param name="Length">The message's length in bytes, without its frame.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Receipt(Lane? Lane, int Subscription, MessageFacts Facts, int Length);
