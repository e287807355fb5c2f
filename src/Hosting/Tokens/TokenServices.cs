namespace OptimizationGateway.Hosting.Tokens;

/// <summary>Registers the check of tokens.</summary>
public static class TokenServices
{
    /// <param name="services">The program's services.</param>
    /// <param name="logCategory">The category of the lines about the authority.</param>
    /// <param name="options">The settings.</param>
    public static void Add(IServiceCollection services, string logCategory, Func<IServiceProvider, TokenOptions> options)
    {
        services.AddSingleton(options);
        services.AddSingleton<TokenCheck>();
        services.AddSingleton(provider => new AuthorityKeys(
            provider.GetRequiredService<TokenOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(logCategory)
        ));
        services.AddHostedService(provider => provider.GetRequiredService<AuthorityKeys>());
        services.AddSingleton<ISigningKeys>(provider =>
            provider.GetRequiredService<TokenOptions>() is { Authority: "" } files
                ? KeyFile.Read(files)
                : provider.GetRequiredService<AuthorityKeys>()
        );
    }
}
