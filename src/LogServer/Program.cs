using OptimizationGateway.LogServer;

return await LogServerProgram.RunAsync(args);
