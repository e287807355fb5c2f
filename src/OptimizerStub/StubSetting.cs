using System.ComponentModel;

namespace OptimizationGateway.OptimizerStub;

/// <summary>A setting as people are told of it, by --help and by errors.</summary>
internal sealed record StubSetting(string Name, Type Type, string Default, string Allowed, string Meaning)
{
    public static IReadOnlyList<StubSetting> All { get; } =
    [
        new(
            nameof(StubOptions.GrpcUrl),
            typeof(string),
            "http://127.0.0.1:5001",
            "http://<address>:<port>",
            "where WatchJob is served (HTTP/2)"
        ),
        new(
            nameof(StubOptions.HttpUrl),
            typeof(string),
            "http://127.0.0.1:5002",
            "http://<address>:<port>",
            "where the JSON API is served (HTTP/1.1)"
        ),
        new(nameof(StubOptions.DataDirectory), typeof(string), "data", "a path", "the folder of the event log"),
        new(
            nameof(StubOptions.RetainEventsPerJob),
            typeof(int),
            "all",
            "a whole number of at least 1",
            "how many events of a job are kept"
        ),
        new(
            nameof(StubOptions.MaxRunningJobs),
            typeof(int),
            "256",
            "1 to 100000",
            "how many jobs are started at a time, paused ones included"
        ),
        new(
            nameof(StubOptions.HeartbeatInterval),
            typeof(TimeSpan),
            "00:00:15",
            "00:00:00.1 to 00:10:00",
            "the silence that a heartbeat ends"
        ),
        new(nameof(StubOptions.LoadJobs), typeof(bool), "false", "true or false", "whether load-<n> and paced-<rate> can be watched"),
        new(
            nameof(StubOptions.MarkLoadEvents),
            typeof(bool),
            "false",
            "true or false",
            "whether each of their events carries its job, its id and a hash of both"
        ),
        new(nameof(StubOptions.AllowedOrigins), typeof(string), "none", "origins, by commas", "pages elsewhere that may use the JSON API"),
        new(
            nameof(StubOptions.AllowedHosts),
            typeof(string),
            "none",
            "names, by commas",
            "names of this host beside localhost and addresses"
        ),
    ];

    public bool CanRead(string value) => TypeDescriptor.GetConverter(Type).IsValid(value);
}
