using Microsoft.AspNetCore.Server.Kestrel.Core;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenLocalhost(builder.Configuration.GetValue("Grpc", 5001), listen => listen.Protocols = HttpProtocols.Http2);
    kestrel.ListenLocalhost(builder.Configuration.GetValue("Http", 5002));
});
builder.Services.AddJobLogs(builder.Configuration.GetSection("JobLogs").Bind);
builder.Services.AddProblemDetails();
var app = builder.Build();
app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = fault => fault is JobEndedException ? 409 : 500 });
app.MapWatchJob();
app.MapJobs();
app.MapPost("/jobs/{id}/{n}/{score}", (string id, int n, double score, IJobLogStore logs) => logs.AppendAsync(id, Scored(n, score)));
app.MapPost("/jobs/{id}/end", (string id, IJobLogStore logs) => logs.AppendAsync(id, new JobEvent { JobCompleted = new() }));
app.MapGet("/watches", (OpenWatches watches) => watches.Count);
app.Run();

static JobEvent Scored(int n, double score) =>
    new()
    {
        Iteration = n,
        IterationCompleted = new() { Score = score },
    };
