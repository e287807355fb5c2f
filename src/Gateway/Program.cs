using OptimizationGateway.Gateway;

return await GatewayProgram.RunAsync(args);
