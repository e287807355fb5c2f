using OptimizationGateway.Release;

return await ReleaseProgram.RunAsync();
