using Microsoft.Extensions.Options;
using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.Write(CommandLine.Help());
    return 0;
}

if (args.Contains("--version"))
{
    Console.WriteLine(CommandLine.Version);
    return 0;
}

try
{
    await using var app = OptimizerStubHost.Build(args);
    await app.StartAsync();
    Console.Write(CommandLine.Started(app.Services.GetRequiredService<StubAddresses>()));
    await app.WaitForShutdownAsync();
    return 0;
}
catch (OptionsValidationException bad)
{
    await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, bad.Failures));
    return 1;
}
catch (JobLogUnavailableException cause)
{
    await Console.Error.WriteLineAsync(cause.Message);
    return 1;
}
catch (IOException cause)
{
    // Kestrel's own words for a port that is taken, which name the address.
    await Console.Error.WriteLineAsync(
        $"{cause.Message.TrimEnd('.')}. Stub:GrpcUrl and Stub:HttpUrl say where it listens, such as --Stub:GrpcUrl=http://127.0.0.1:5003."
    );
    return 1;
}
