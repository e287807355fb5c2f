using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using OptimizationGateway.Contract.Tests.Protos;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Contract.Tests.Golden;

public sealed class GoldenEventTests
{
    private static readonly string[] SourceExtensions = [".proto.json", ".txtpb", ".hex"];

    public static TheoryData<string> Names => new(GoldenFiles.EventNames);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_binary_says_what_its_source_says(string name)
    {
        var extension = Assert.Single(SourceExtensions, extension => File.Exists(GoldenFiles.EventPath(name, extension)));
        var source = await SourceBytesAsync(name, extension, TestContext.Current.CancellationToken);
        var path = GoldenFiles.EventPath(name, ".binpb");
        if (
            GoldenUpdate.Requested
            && (!File.Exists(path) || !Same(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)))
        )
        {
            await File.WriteAllBytesAsync(path, source, TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(path), $"{path} is missing: make it with {GoldenUpdate.Command}");
        Assert.True(Same(GoldenFiles.EventBytes(name)), $"{path} and its {extension} differ: make it anew with {GoldenUpdate.Command}");

        // Hex is there for what the order of bytes means; elsewhere the order of fields is the encoder's business.
        bool Same(byte[] bytes) =>
            extension == ".hex" ? bytes.SequenceEqual(source) : JobEvent.Parser.ParseFrom(bytes).Equals(JobEvent.Parser.ParseFrom(source));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_six_members_are_there_in_order_and_say_what_the_binary_says(string name)
    {
        var message = JobEvent.Parser.ParseFrom(GoldenFiles.EventBytes(name));
        using var document = JsonDocument.Parse(GoldenFiles.EventJson(name));
        var json = document.RootElement;

        Assert.Equal(DocumentedEvents.Members, json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(message.Id.ToString(CultureInfo.InvariantCulture), json.GetProperty("id").GetRawText());
        Assert.Equal(message.Iteration.ToString(CultureInfo.InvariantCulture), json.GetProperty("iteration").GetRawText());
        Assert.Equal(message.Stage, json.GetProperty("stage").GetString());
        Assert.Equal(EventType(message), json.GetProperty("eventType").GetString());
        Assert.Equal(JsonValueKind.Object, json.GetProperty("data").ValueKind);

        var time = DateTime.UnixEpoch.AddSeconds(message.Timestamp.Seconds).AddMilliseconds(message.Timestamp.Nanos / 1_000_000);
        Assert.Equal(time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), json.GetProperty("timestamp").GetString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Data_begins_with_every_documented_member_then_come_the_others_once_each(string name)
    {
        using var document = JsonDocument.Parse(GoldenFiles.EventJson(name));
        var data = document.RootElement.GetProperty("data").EnumerateObject().ToList();
        Assert.Equal(data.Count, data.Select(member => member.Name).Distinct(StringComparer.Ordinal).Count());

        var documented = DocumentedEvents.Data.GetValueOrDefault(document.RootElement.GetProperty("eventType").GetString()!, []);
        Assert.Equal(documented.Select(member => member.Name), data.Take(documented.Length).Select(member => member.Name));
        Assert.All(documented.Zip(data), pair => Assert.Contains(pair.Second.Value.ValueKind, pair.First.Kinds));

        var message = JobEvent.Parser.ParseFrom(GoldenFiles.EventBytes(name));
        var details = message.Details?.Fields.Keys ?? [];
        Assert.Empty(details.Except(data.Select(member => member.Name), StringComparer.Ordinal));
    }

    [Fact]
    public void Every_documented_event_type_has_a_golden_and_one_at_its_defaults()
    {
        foreach (var type in DocumentedEvents.Data.Keys)
        {
            Assert.Contains(type, GoldenFiles.EventNames);
            Assert.Contains(type + "_defaults", GoldenFiles.EventNames);
        }
    }

    [Fact]
    public void The_documented_types_are_the_payload_fields()
    {
        var payloads = JobEvent.Descriptor.Oneofs.Single(oneof => oneof.Name == "payload").Fields.Select(field => field.Name);
        Assert.Equal([.. DocumentedEvents.Data.Keys, "custom"], payloads);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_json_is_one_line(string name)
    {
        var text = GoldenFiles.EventJson(name);
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
    }

    private static string EventType(JobEvent message) =>
        message.PayloadCase switch
        {
            JobEvent.PayloadOneofCase.None => "unknown",
            JobEvent.PayloadOneofCase.Custom when DocumentedEvents.Data.ContainsKey(message.Custom.EventType) => "unknown",
            JobEvent.PayloadOneofCase.Custom => message.Custom.EventType,
            _ => JobEvent.Descriptor.FindFieldByNumber((int)message.PayloadCase).Name,
        };

    private static async Task<byte[]> SourceBytesAsync(string name, string extension, CancellationToken cancellationToken)
    {
        var path = GoldenFiles.EventPath(name, extension);
        switch (extension)
        {
            case ".proto.json":
                return JsonParser.Default.Parse<JobEvent>(await File.ReadAllTextAsync(path, cancellationToken)).ToByteArray();
            case ".hex":
                var lines = await File.ReadAllLinesAsync(path, cancellationToken);
                return Convert.FromHexString(
                    string.Concat(lines.Select(line => line.Split('#')[0].Replace(" ", "", StringComparison.Ordinal)))
                );
            default:
                var output = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.binpb");
                try
                {
                    var buf = await Buf.RunAsync("convert protos --type optimization.v1.JobEvent --from", path, "--to", output);
                    Assert.True(buf.ExitCode == 0, buf.Output);
                    return await File.ReadAllBytesAsync(output, cancellationToken);
                }
                finally
                {
                    File.Delete(output);
                }
        }
    }
}
