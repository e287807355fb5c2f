using System.Reflection;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Front;
using OptimizationGateway.Gateway.Protocol;
using static OptimizationGateway.Contract.Tests.Schema.SchemaText;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>The AsyncAPI 3.0 document of the WebSocket (PROTOCOL.md sections 1 to 7), made from the gateway's own types.</summary>
internal static class AsyncApiDocument
{
    private const string Channel = "optimization";

    /// <summary>The close code of text that isn't UTF-8, which the WebSocket itself sends.</summary>
    private static readonly CloseCode InvalidPayload = new(1007, "the text isn't UTF-8");

    public static string Text()
    {
        var (client, server) = (Messages("client", MessageSchemas.ClientParts()), Messages("server", MessageSchemas.ServerParts()));
        var schemas = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        EventSchema.AddTo(schemas);
        var document = new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "OptimizationGateway: jobs over WebSocket",
                ["description"] =
                    "Each message is one JSON object in one text message. PROTOCOL.md is the contract. "
                    + "Plain HTTP is described in `openapi.json` beside this file.",
                ["version"] = "1",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0" },
            },
            ["defaultContentType"] = "application/json",
            ["servers"] = new JsonObject { ["gateway"] = Server() },
            ["channels"] = new JsonObject { [Channel] = ChannelOf([.. client.Keys, .. server.Keys]) },
            ["operations"] = Operations(server.Keys),
            ["components"] = new JsonObject
            {
                ["messages"] = new JsonObject([.. client, .. server]),
                ["schemas"] = new JsonObject(Components(schemas)),
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["bearerFormat"] = "JWT",
                        ["description"] =
                            "Required where `Gateway:Security:Jwt` is configured. Browsers offer the token as the subprotocol `bearer.<token>`.",
                    },
                },
            },
        };
        return document.ToJsonString(Readable) + "\n";
    }

    private static JsonObject Server() =>
        new()
        {
            ["host"] = "{host}",
            ["pathname"] = "/",
            ["protocol"] = "ws",
            ["description"] = "The gateway that this file comes from; `wss` where it has TLS.",
            ["variables"] = new JsonObject
            {
                ["host"] = new JsonObject { ["default"] = "127.0.0.1:8080", ["description"] = "Its name and port." },
            },
            ["security"] = new JsonArray(new JsonObject { ["$ref"] = "#/components/securitySchemes/bearer" }),
        };

    private static JsonObject ChannelOf(IEnumerable<string> messages)
    {
        var protocols = new JsonObject
        {
            ["type"] = "string",
            ["description"] = $"Selected if it is offered, and not required: {GatewayEndpoint.Subprotocol}.",
        };
        return new JsonObject
        {
            ["address"] = GatewayEndpoint.Path,
            ["description"] = "A connection watches many jobs. The messages of one job are ordered.",
            ["messages"] = new JsonObject(
                messages.Select(name => KeyValuePair.Create(name, (JsonNode?)Ref($"#/components/messages/{name}")))
            ),
            ["bindings"] = new JsonObject
            {
                ["ws"] = new JsonObject
                {
                    ["method"] = "GET",
                    ["headers"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject { ["Sec-WebSocket-Protocol"] = protocols },
                    },
                    ["bindingVersion"] = "0.1.0",
                },
            },
            ["x-close-codes"] = CloseCodes(),
        };
    }

    /// <summary>From the gateway's side: it receives what clients send.</summary>
    private static JsonObject Operations(IEnumerable<string> server)
    {
        var operations = new JsonObject(
            Enum.GetValues<ClientMessageType>()
                .Select(type => KeyValuePair.Create(type.ToString().ToLowerInvariant(), (JsonNode?)Received(type)))
        );
        operations["tell"] = new JsonObject
        {
            ["action"] = "send",
            ["summary"] = "What the gateway sends.",
            ["channel"] = Ref($"#/channels/{Channel}"),
            ["messages"] = MessagesOf(server),
        };
        return operations;
    }

    private static JsonObject Received(ClientMessageType type)
    {
        ServerMessageType[] answers = type switch
        {
            ClientMessageType.Subscribe => [ServerMessageType.Subscribed, ServerMessageType.Error],
            ClientMessageType.Unsubscribe => [ServerMessageType.Unsubscribed, ServerMessageType.Error],
            ClientMessageType.Replay => [ServerMessageType.Replay, ServerMessageType.Error],
            ClientMessageType.Ping => [ServerMessageType.Pong, ServerMessageType.Error],
            _ => throw new InvalidOperationException($"Say here what answers {type}."),
        };
        return new JsonObject
        {
            ["action"] = "receive",
            ["channel"] = Ref($"#/channels/{Channel}"),
            ["messages"] = MessagesOf([NameOf("client", $"{type}")]),
            ["reply"] = new JsonObject
            {
                ["channel"] = Ref($"#/channels/{Channel}"),
                ["messages"] = MessagesOf(answers.Select(answer => NameOf("server", $"{answer}"))),
            },
        };
    }

    /// <summary>The close codes: an extension, since AsyncAPI has no place for them.</summary>
    private static JsonArray CloseCodes()
    {
        var own = typeof(CloseCode)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (CloseCode)field.GetValue(null)!)
            .Append(InvalidPayload);
        return
        [
            .. own.GroupBy(code => code.Status)
                .OrderBy(same => same.Key)
                .Select(same => new JsonObject
                {
                    ["code"] = same.Key,
                    ["reasons"] = new JsonArray([
                        .. same.Select(code => JsonValue.Create(code.Reason)).Where(r => r.ToString().Length > 0),
                    ]),
                    ["comeBack"] = same.Key is not (1000 or 1002 or 1003 or 1007 or 1009 or >= 4500),
                }),
        ];
    }

    private static Dictionary<string, JsonNode?> Messages(string from, Dictionary<string, JsonObject> parts) =>
        parts.ToDictionary(
            part => NameOf(from, part.Key),
            part =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["name"] = part.Key,
                        ["summary"] = part.Value["description"]!.DeepClone(),
                        ["payload"] = Component(part.Value),
                    },
            StringComparer.Ordinal
        );

    private static string NameOf(string from, string type) => from + char.ToUpperInvariant(type[0]) + type[1..].ToLowerInvariant();

    private static JsonArray MessagesOf(IEnumerable<string> names) =>
        [.. names.Select(name => Ref($"#/channels/{Channel}/messages/{name}"))];

    private static JsonObject Ref(string target) => new() { ["$ref"] = target };
}
