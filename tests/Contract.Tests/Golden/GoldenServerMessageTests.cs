using System.Text.Json;

namespace OptimizationGateway.Contract.Tests.Golden;

public sealed class GoldenServerMessageTests
{
    private static readonly Dictionary<string, string> Members = new(StringComparer.Ordinal)
    {
        // PROTOCOL.md section 3 and, for requestId, requested and subscription, section 9. A ? may be absent.
        ["subscribed"] = "jobId:String epoch?:String lastEventId?:Number earliestEventId?:Number requestId?:String",
        ["replay"] = "jobId:String data:Array hasMore:Boolean requested?:Boolean requestId?:String",
        ["event"] = "jobId:String event:Object",
        ["unsubscribed"] = "jobId:String reason:String requestId?:String",
        ["pong"] = "requestId?:String",
        ["error"] =
            "error:String jobId?:String code:String retryable:Boolean subscription:String requested?:Boolean "
            + "earliestEventId?:Number latestEventId?:Number eventId?:Number requestId?:String",
    };

    private static readonly Dictionary<string, bool> RetryableByCode = new(StringComparer.Ordinal)
    {
        ["invalid_message"] = false,
        ["unknown_type"] = false,
        ["unauthorized"] = false,
        ["forbidden"] = false,
        ["job_not_found"] = false,
        ["history_truncated"] = false,
        ["cursor_ahead"] = false,
        ["epoch_changed"] = false,
        ["too_many_subscriptions"] = false,
        ["rate_limited"] = true,
        ["backend_unavailable"] = true,
        ["backend_error"] = false,
        ["bad_event"] = false,
    };

    public static TheoryData<string> Names => new(GoldenFiles.ServerMessageNames);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_has_the_members_of_its_type_and_no_other(string name)
    {
        var message = Read(name);
        var type = message.GetProperty("type").GetString()!;
        var members = Members[type].Split(' ').Select(member => member.Split(':')).ToDictionary(m => m[0].TrimEnd('?'), m => m);

        Assert.StartsWith(type, name, StringComparison.Ordinal);
        Assert.Equal("type", message.EnumerateObject().First().Name);
        foreach (var member in message.EnumerateObject().Skip(1))
        {
            Assert.True(members.TryGetValue(member.Name, out var known), $"{member.Name} is no member of {type}");
            Assert.Equal(known[1], Kind(member.Value));
        }

        var required = members.Values.Where(member => !member[0].EndsWith('?')).Select(member => member[0]);
        Assert.All(required, member => Assert.True(message.TryGetProperty(member, out _), $"{member} is missing"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_event_in_a_message_has_the_documented_members(string name)
    {
        var message = Read(name);
        IEnumerable<JsonElement> events = message.TryGetProperty("data", out var batch) ? batch.EnumerateArray() : [];
        if (message.TryGetProperty("event", out var live))
        {
            events = events.Append(live);
        }

        Assert.All(events, element => Assert.Equal(DocumentedEvents.Members, element.EnumerateObject().Select(member => member.Name)));
    }

    [Fact]
    public void Every_type_and_every_reason_has_a_golden()
    {
        var messages = GoldenFiles.ServerMessageNames.Select(Read).ToList();
        Assert.Equal(Members.Keys.Order(), Values(messages, "type").Order());
        Assert.Equal(["failed", "job_ended", "requested"], Values(messages, "reason").Order());
        Assert.Equal(["ended", "kept", "not_opened", "untouched"], Values(messages, "subscription").Order());
    }

    [Fact]
    public void Every_error_code_has_a_golden_of_its_name_and_one_text()
    {
        var errors = GoldenFiles.ServerMessageNames.Select(Read).Where(message => message.TryGetProperty("code", out _)).ToList();
        Assert.Equal(RetryableByCode.Keys.Order(), Values(errors, "code").Order());
        Assert.All(RetryableByCode.Keys, code => Assert.Equal(code, Read($"error_{code}").GetProperty("code").GetString()));

        foreach (var sameCode in errors.GroupBy(error => error.GetProperty("code").GetString()!))
        {
            Assert.Single(Values(sameCode, "error"));
            Assert.All(sameCode, error => Assert.Equal(RetryableByCode[sameCode.Key], error.GetProperty("retryable").GetBoolean()));
        }
    }

    [Fact]
    public void Bounds_come_with_history_codes_only_and_an_event_id_with_a_bad_event_only()
    {
        foreach (var message in GoldenFiles.ServerMessageNames.Select(Read).Where(message => message.TryGetProperty("code", out _)))
        {
            var code = message.GetProperty("code").GetString();
            Assert.False(message.TryGetProperty("latestEventId", out _) && code is not ("history_truncated" or "cursor_ahead"));
            Assert.False(message.TryGetProperty("earliestEventId", out _) && code is not ("history_truncated" or "cursor_ahead"));
            Assert.False(message.TryGetProperty("eventId", out _) && code is not "bad_event");
        }
    }

    [Fact]
    public void A_failed_one_off_replay_touches_no_subscription()
    {
        var requested = GoldenFiles
            .ServerMessageNames.Select(Read)
            .Where(m => m.TryGetProperty("code", out _) && m.TryGetProperty("requested", out _));
        Assert.All(requested, message => Assert.Equal("untouched", message.GetProperty("subscription").GetString()));
    }

    private static List<string> Values(IEnumerable<JsonElement> messages, string member) =>
        [.. messages.Where(m => m.TryGetProperty(member, out _)).Select(m => m.GetProperty(member).GetString()!).Distinct()];

    private static string Kind(JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : value.ValueKind.ToString();

    private static JsonElement Read(string name)
    {
        using var document = JsonDocument.Parse(GoldenFiles.ServerMessage(name));
        return document.RootElement.Clone();
    }
}
