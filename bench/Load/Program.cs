using System.Globalization;
using OptimizationGateway.Load.Backend;
using OptimizationGateway.Load.Client;
using OptimizationGateway.Load.Limits;
using OptimizationGateway.Load.Logs;

return args switch
{
    ["backend", var port] => await LoadBackend.RunAsync(Number(port)),
    ["client"] => await LoadClient.RunAsync(),
    ["ready", var port, "each"] => await ReadyServer.RunAsync(Number(port), framesAWrite: 1),
    ["ready", var port, "gathered"] => await ReadyServer.RunAsync(Number(port), framesAWrite: int.MaxValue),
    ["log-client"] => await LogClient.RunAsync(),
    ["drain", var backend] => await Drain.RunAsync(new Uri(backend)),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine(
        "Usage: backend <port> | client | ready <port> each|gathered | drain <backend's URL> | log-client. bench/Bench runs all of them."
    );
    return 2;
}
