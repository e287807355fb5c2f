using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OptimizationGateway.Gateway;
using OptimizationGateway.LogServer;
using OptimizationGateway.OptimizerStub;

namespace OptimizationGateway.Faults.Programs;

/// <summary>
/// The other side of <see cref="ChildProgram"/>: the gateway or the stub as they are, in a process whose only additions are that it answers
/// on standard input what its gauges show, and ends with it; and that the stub marks its events with the caller whom they are for.
/// </summary>
internal static class HostedProgram
{
    public const string Ready = "ready";
    public const string AskGauges = "gauges";

    public static async Task RunAsync(string kind, string[] args)
    {
        using var gauges = new Gauges("OptimizationGateway");
        using var shares = kind == ProgramKind.Gateway ? new ShareCounts() : null;
        await using var app = kind switch
        {
            ProgramKind.Gateway => GatewayHost.Build(args),
            ProgramKind.LogServer => LogServerHost.Build(args),
            _ => BuildStub(args, gauges),
        };
        await app.StartAsync();
        var answering = new Thread(() => Answer(gauges, app.Lifetime)) { IsBackground = true };
        answering.Start();
        Console.WriteLine(Ready);
        await app.WaitForShutdownAsync();
    }

    private static WebApplication BuildStub(string[] args, Gauges gauges)
    {
        gauges.Add(WatchCount.Name, 0);
        return OptimizerStubHost.Build(
            args,
            builder =>
            {
                builder.Services.AddSingleton(gauges);
                builder.Services.AddGrpc(grpc =>
                {
                    grpc.Interceptors.Add<WatchCount>();
                    grpc.Interceptors.Add<CallerMarks>();
                });
            }
        );
    }

    private static void Answer(Gauges gauges, IHostApplicationLifetime lifetime)
    {
        while (Console.ReadLine() is { } line)
        {
            if (line == AskGauges)
            {
                Console.WriteLine($"{AskGauges} {JsonSerializer.Serialize(gauges.Read())}");
            }
        }

        lifetime.StopApplication();
    }
}
