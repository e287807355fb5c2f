using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.LogServer.Rpc;

/// <summary>
/// Binds <see cref="EventLogGrpcService"/>. The generated binding would parse 33 levels of an event's data, where the contract has 128, and
/// answer UNKNOWN for more.
/// </summary>
internal static class EventLogBinding
{
    private static readonly Method<AppendEventsRequest, AppendEventsResponse> AppendEvents = new(
        MethodType.Unary,
        EventLogService.Descriptor.FullName,
        nameof(EventLogGrpcService.AppendEvents),
        new Marshaller<AppendEventsRequest>((_, _) => throw new NotSupportedException(), Parse),
        new Marshaller<AppendEventsResponse>(Write, _ => throw new NotSupportedException())
    );

    /// <summary>The description that reflection tells.</summary>
    public static Google.Protobuf.Reflection.ServiceDescriptor Descriptor => EventLogService.Descriptor;

    /// <summary>Called by the library.</summary>
    public static void BindService(ServiceBinderBase binder, EventLogService.EventLogServiceBase? service) =>
        binder.AddMethod(AppendEvents, service is null ? null : service.AppendEvents);

    private static AppendEventsRequest Parse(DeserializationContext context)
    {
        try
        {
            var sequence = context.PayloadAsReadOnlySequence();
            return Nesting.Parse(AppendEventsRequest.Parser, sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray());
        }
        catch (InvalidProtocolBufferException)
        {
            throw new RpcException(
                new Status(
                    StatusCode.InvalidArgument,
                    $"The request can't be parsed, or an event's data nests far deeper than {Nesting.MaxLevels} levels. Nothing was appended."
                )
            );
        }
    }

    private static void Write(AppendEventsResponse response, SerializationContext context)
    {
        context.SetPayloadLength(response.CalculateSize());
        response.WriteTo(context.GetBufferWriter());
        context.Complete();
    }
}
