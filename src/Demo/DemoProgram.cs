using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.LogServer;
using OptimizationGateway.OptimizerStub;

namespace OptimizationGateway.Demo;

/// <summary>The command line: starts stub, log server and gateway, tells what to try, and stops them.</summary>
internal static class DemoProgram
{
    private const string Help = """
        The gateway, a small optimizer and a log server in one process: the shortest way to see a job live.

        Usage: dotnet run --project src/Demo [-- settings]

        Settings (command line --Name=value, environment Name__Sub=value, or appsettings.json), for all three:
          Urls                  where the gateway listens (default http://127.0.0.1:8080)
          Stub:GrpcUrl          where the optimizer serves WatchJob (default http://127.0.0.1:5001)
          Stub:HttpUrl          where it serves its jobs over JSON (default http://127.0.0.1:5002)
          Stub:DataDirectory    where it keeps them (default data)
          LogServer:HttpUrl     where the log server takes events (default http://127.0.0.1:5010)
          LogServer:GrpcUrl     where it serves WatchJob (default http://127.0.0.1:5011)
          LogServer:Sqlite:Path where it keeps them (default data)
          Gateway:…, Stub:…, LogServer:…  all others: see the --help of src/Gateway, src/OptimizerStub and src/LogServer

        Options: --help, --version
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help" or "-h", ..])
        {
            Console.WriteLine(Help);
            return 0;
        }

        if (args is ["--version", ..])
        {
            Console.WriteLine(
                Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion
            );
            return 0;
        }

        var faults = GatewayArguments.Faults(args, "Stub", "LogServer").ToList();
        if (faults.Count > 0)
        {
            await Console.Error.WriteLineAsync($"The demo doesn't start: {string.Join(' ', faults)} Run with --help for the settings.");
            return 1;
        }

        try
        {
            await RunAllAsync(args);
            return 0;
        }
        catch (StartFailedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task RunAllAsync(string[] args)
    {
        using var hurry = new SecondSignal();
        await using var stub = await StartFailedException.ExplainAsync(
            "The optimizer",
            "Stub:GrpcUrl and Stub:HttpUrl say where it listens, such as --Stub:GrpcUrl=http://127.0.0.1:5003; "
                + "Stub:DataDirectory says where it keeps its jobs, and each optimizer needs its own.",
            () => StartedAsync(DemoHosts.BuildStub(args))
        );
        var addresses = stub.Services.GetRequiredService<StubAddresses>();
        await using var logs = await StartFailedException.ExplainAsync(
            "The log server",
            "LogServer:HttpUrl and LogServer:GrpcUrl say where it listens, such as --LogServer:HttpUrl=http://127.0.0.1:5012; "
                + "LogServer:Sqlite:Path says where it keeps its logs, and each log server needs its own.",
            () => StartedAsync(DemoHosts.BuildLogServer(args))
        );
        var logAddresses = LogServerHost.AddressesOf(logs);
        await using var gateway = await StartFailedException.ExplainAsync(
            "The gateway",
            "Urls says where it listens, such as --Urls=http://127.0.0.1:8081.",
            () => StartedAsync(DemoHosts.BuildGateway(args, addresses, logAddresses.GrpcUrl))
        );

        var job = await FirstJob.FindOrStartAsync(addresses.HttpUrl);
        Console.WriteLine(
            Welcome.Text(
                gateway.Urls.First() + gateway.Configuration["Gateway:PathBase"],
                addresses,
                logAddresses.HttpUrl,
                DemoHosts.DataDirectory(stub),
                LogServerHost.PlaceOf(logs),
                job
            )
        );

        // The gateway first: its clients are told to come back, and don't see the others go.
        await gateway.WaitForShutdownAsync();
        await logs.StopAsync();
        await stub.StopAsync();
    }

    private static async Task<WebApplication> StartedAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
