using OptimizationGateway.Demo;

return await DemoProgram.RunAsync(args);
