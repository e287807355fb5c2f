using OptimizationGateway.Gateway.Front;
using static OptimizationGateway.Gateway.IntegrationTests.BadInput.BadHandshake;

namespace OptimizationGateway.Gateway.IntegrationTests.BadInput;

/// <summary>The table of malformed handshakes and what each is answered with.</summary>
internal static class BadHandshakes
{
    private const string Get = "This is a WebSocket: connect to it with GET.";
    private const string OverHttp11 = "This is a WebSocket. Connect over HTTP/1.1.";
    private const string Version13 = "This is a WebSocket. Send Sec-WebSocket-Version: 13, once.";
    private const string Malformed = "The WebSocket handshake is malformed: ";
    private const string OneKey = Malformed + "it needs one Sec-WebSocket-Key, of 16 bytes in base64.";
    private const string NeedsConnection = Malformed + "it needs Connection: Upgrade.";
    private const string OwnWord = Malformed + "it needs Upgrade: websocket and Connection: Upgrade, each as a word of its own.";
    private const string NoBody = Malformed + "it has no body, so leave out Content-Length and Transfer-Encoding.";
    private const string NotOurHost =
        "This gateway doesn't answer to the request's Host. If the name is right, add it to Gateway:Security:AllowedHosts.";
    private const string NotThisOrigin =
        "Pages of this Origin may not connect. If they should, add the Origin to Gateway:Security:AllowedOrigins.";
    private const string NothingHere = "Nothing is here. The WebSocket is at /ws/optimization, the page at /.";
    private const string UseAClient =
        "This is a WebSocket. Connect with a WebSocket client (version 13) and send "
        + "{\"type\":\"subscribe\",\"jobId\":\"…\",\"afterEventId\":0}.";
    private const string AllowGet = "Allow: GET";
    private const string Take13 = "Sec-WebSocket-Version: 13";

    public static readonly Dictionary<string, BadHandshake> Rows = new(StringComparer.Ordinal)
    {
        ["POST"] = new(Handshake("POST"), 405, Get, AllowGet),
        ["PUT"] = new(Handshake("PUT"), 405, Get, AllowGet),
        ["DELETE"] = new(Handshake("DELETE"), 405, Get, AllowGet),
        ["OPTIONS"] = new(Handshake("OPTIONS"), 405, Get, AllowGet),
        ["TRACE"] = new(Handshake("TRACE"), 405, Get, AllowGet),
        ["a method nobody knows"] = new(Handshake("BREW"), 405, Get, AllowGet),
        ["a method in lower case"] = new(Handshake("get"), 405, Get, AllowGet),
        ["POST with a body"] = new(Handshake("POST", more: "Content-Length: 5\r\n", body: "hello"), 405, Get, AllowGet, Ends: true),
        ["POST with a chunk that is none"] = new(
            Handshake("POST", more: "Transfer-Encoding: chunked\r\n", body: "ZZ\r\n"),
            405,
            Get,
            AllowGet,
            Ends: true
        ),

        ["no key"] = new(Handshake(key: null), 400, OneKey),
        ["an empty key"] = new(Handshake(key: ""), 400, OneKey),
        ["a key of 5 letters"] = new(Handshake(key: "short"), 400, OneKey),
        ["a key that is not base64"] = new(Handshake(key: "!!!!!!!!!!!!!!!!!!!!!!=="), 400, OneKey),
        ["a key of 15 bytes"] = new(Handshake(key: "AAAAAAAAAAAAAAAAAAAA"), 400, OneKey),
        ["a key of 17 bytes"] = new(Handshake(key: "AAAAAAAAAAAAAAAAAAAAAAA="), 400, OneKey),
        ["a key of 20,000 letters"] = new(Handshake(key: new string('A', 20_000)), 400, OneKey),
        ["two keys"] = new(Handshake(more: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 400, OneKey),

        ["no version"] = new(Handshake(socketVersion: null), 426, Version13, Take13, Ends: true),
        ["an empty version"] = new(Handshake(socketVersion: ""), 426, Version13, Take13, Ends: true),
        ["version 8"] = new(Handshake(socketVersion: "8"), 426, Version13, Take13, Ends: true),
        ["version 14"] = new(Handshake(socketVersion: "14"), 426, Version13, Take13, Ends: true),
        ["version 013"] = new(Handshake(socketVersion: "013"), 426, Version13, Take13, Ends: true),
        ["version abc"] = new(Handshake(socketVersion: "abc"), 426, Version13, Take13, Ends: true),
        ["a list of versions"] = new(Handshake(socketVersion: "13, 8"), 426, Version13, Take13, Ends: true),
        ["two versions"] = new(Handshake(more: "Sec-WebSocket-Version: 8\r\n"), 426, Version13, Take13, Ends: true),

        ["no Upgrade"] = new(Handshake(upgrade: null), 426, UseAClient, Take13, Ends: true),
        ["an empty Upgrade"] = new(Handshake(upgrade: ""), 426, UseAClient, Take13, Ends: true),
        ["Upgrade to h2c"] = new(Handshake(upgrade: "h2c"), 426, UseAClient, Take13, Ends: true),
        ["Upgrade to websocket/1"] = new(Handshake(upgrade: "websocket/1"), 400, OwnWord),
        ["Upgrade to xwebsocket"] = new(Handshake(upgrade: "xwebsocket"), 400, OwnWord),
        ["no Connection"] = new(Handshake(connection: null), 400, NeedsConnection),
        ["Connection: keep-alive"] = new(Handshake(connection: "keep-alive"), 400, NeedsConnection),
        ["Connection: close"] = new(Handshake(connection: "close"), 400, NeedsConnection, Ends: true),
        ["Connection: NoUpgrade"] = new(Handshake(connection: "NoUpgrade"), 400, OwnWord),
        ["a plain GET"] = new("GET /ws/optimization HTTP/1.1\r\nHost: {host}\r\n\r\n", 426, UseAClient, Take13, Ends: true),

        ["HTTP/1.0"] = new(Handshake(version: "HTTP/1.0"), 426, OverHttp11, Take13, Ends: true),
        ["HTTP/1.0 without Host"] = new(Handshake(version: "HTTP/1.0", host: null), 403, NotOurHost, Ends: true),
        ["HTTP/1.2"] = new(Handshake(version: "HTTP/1.2"), 505, Ends: true),
        ["HTTP/2.0 in text"] = new(Handshake(version: "HTTP/2.0"), 505, Ends: true),
        ["http/1.1 in lower case"] = new(Handshake(version: "http/1.1"), 505, Ends: true),
        ["no HTTP version"] = new("GET /ws/optimization\r\nHost: {host}\r\n\r\n", 400, Ends: true),

        ["no Host"] = new(Handshake(host: null), 400, Ends: true),
        ["an empty Host"] = new(Handshake(host: ""), 403, NotOurHost),
        ["another Host"] = new(Handshake(host: "evil.example"), 403, NotOurHost),
        ["localhost with a dot"] = new(Handshake(host: "localhost."), 403, NotOurHost),
        ["a Host with a space"] = new(Handshake(host: "a b"), 400, Ends: true),
        ["a Host with a user"] = new(Handshake(host: "x@127.0.0.1"), 400, Ends: true),
        ["a Host with a path"] = new(Handshake(host: "127.0.0.1/x"), 400, Ends: true),
        ["a Host with a port in letters"] = new(Handshake(host: "127.0.0.1:http"), 400, Ends: true),
        ["a Host that is half an IPv6 address"] = new(Handshake(host: "[::1"), 400, Ends: true),
        ["a Host in Latin-1"] = new(Handshake(host: "ex\u00E4mple"), 400, Ends: true),
        ["the same Host twice"] = new(Handshake(more: "Host: {host}\r\n"), 400, Ends: true),
        ["two Hosts"] = new(Handshake(more: "Host: evil.example\r\n"), 400, Ends: true),
        ["a target on another host"] = new(Handshake(path: "http://evil.example/ws/optimization"), 400, Ends: true),

        ["another Origin"] = new(Handshake(more: "Origin: https://evil.example\r\n"), 403, NotThisOrigin),
        ["Origin: null"] = new(Handshake(more: "Origin: null\r\n"), 403, NotThisOrigin),
        ["an Origin that is no URL"] = new(Handshake(more: "Origin: nonsense\r\n"), 403, NotThisOrigin),
        ["an Origin of a file"] = new(Handshake(more: "Origin: file://\r\n"), 403, NotThisOrigin),
        ["an Origin of another scheme"] = new(Handshake(more: "Origin: ftp://{host}\r\n"), 403, NotThisOrigin),
        ["an Origin with a user"] = new(Handshake(more: "Origin: http://evil@{host}\r\n"), 403, NotThisOrigin),
        ["an Origin with a path"] = new(Handshake(more: "Origin: http://{host}/x\r\n"), 403, NotThisOrigin),
        ["an Origin with a slash"] = new(Handshake(more: "Origin: http://{host}/\r\n"), 403, NotThisOrigin),
        ["an Origin that begins as ours"] = new(Handshake(more: "Origin: http://{host}.evil.example\r\n"), 403, NotThisOrigin),
        ["two Origins"] = new(Handshake(more: "Origin: http://{host}\r\nOrigin: https://evil.example\r\n"), 403, NotThisOrigin),
        ["a list of Origins"] = new(Handshake(more: "Origin: http://{host} https://evil.example\r\n"), 403, NotThisOrigin),
        ["an Origin of 20,000 letters"] = new(Handshake(more: $"Origin: http://{new string('a', 20_000)}\r\n"), 403, NotThisOrigin),
        ["an Origin that is not UTF-8"] = new(Handshake(more: "Origin: http://\u00FF\u00FE\r\n"), 400, Ends: true),

        ["a header of 40,000 letters"] = new(Handshake(more: $"X: {new string('a', 40_000)}\r\n"), 431, Ends: true),
        ["200 headers"] = new(Handshake(more: string.Concat(Enumerable.Range(0, 200).Select(i => $"X{i}: a\r\n"))), 431, Ends: true),
        ["a path of 9,000 letters"] = new(Handshake(path: "/ws/optimization?" + new string('a', 9_000)), 414, Ends: true),
        ["a header that ends with a bare LF"] = new(Handshake(more: "X: a\nY: b\r\n"), 400, Ends: true),
        ["lines that end with a bare LF"] = new(Handshake().Replace("\r\n", "\n", StringComparison.Ordinal), 400, Ends: true),
        ["a bare CR in a header"] = new(Handshake(more: "X: a\rY: b\r\n"), 400, Ends: true),
        ["a folded header"] = new(Handshake(more: "X: a\r\n b\r\n"), 400, Ends: true),
        ["a first header that is folded"] = new("GET /ws/optimization HTTP/1.1\r\n Host: {host}\r\n\r\n", 400, Ends: true),
        ["a space before a colon"] = new(Handshake(more: "X : a\r\n"), 400, Ends: true),
        ["a header without a colon"] = new(Handshake(more: "nocolon\r\n"), 400, Ends: true),
        ["a header without a name"] = new(Handshake(more: ": a\r\n"), 400, Ends: true),
        ["NUL in a header"] = new(Handshake(more: "X: a\0b\r\n"), 400, Ends: true),

        ["Content-Length and Transfer-Encoding"] = new(
            Handshake(
                more: "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                body: "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n"
            ),
            400,
            NoBody,
            Ends: true
        ),
        ["two Content-Lengths"] = new(Handshake(more: "Content-Length: 4\r\nContent-Length: 5\r\n", body: "abcde"), 400, Ends: true),
        ["a list as Content-Length"] = new(Handshake(more: "Content-Length: 4, 4\r\n", body: "abcd"), 400, Ends: true),
        ["Content-Length: -1"] = new(Handshake(more: "Content-Length: -1\r\n"), 400, Ends: true),
        ["Content-Length: +4"] = new(Handshake(more: "Content-Length: +4\r\n", body: "abcd"), 400, NoBody, Ends: true),
        ["Content-Length: 0x4"] = new(Handshake(more: "Content-Length: 0x4\r\n", body: "abcd"), 400, Ends: true),
        ["a Content-Length over 64 bits"] = new(Handshake(more: "Content-Length: 99999999999999999999\r\n"), 400, Ends: true),
        ["a body"] = new(Handshake(more: "Content-Length: 4\r\n", body: "abcd"), 400, NoBody, Ends: true),
        ["a body that never comes"] = new(Handshake(more: "Content-Length: 1000000\r\n"), 400, NoBody, Ends: true),
        ["a chunked body"] = new(Handshake(more: "Transfer-Encoding: chunked\r\n", body: "0\r\n\r\n"), 400, NoBody, Ends: true),
        ["chunked twice"] = new(Handshake(more: "Transfer-Encoding: chunked, chunked\r\n", body: "0\r\n\r\n"), 400, NoBody, Ends: true),
        ["Transfer-Encoding: gzip"] = new(Handshake(more: "Transfer-Encoding: gzip\r\n"), 400, Ends: true),
        ["Transfer-Encoding: identity"] = new(Handshake(more: "Transfer-Encoding: identity\r\n"), 400, Ends: true),
        ["Transfer-Encoding: xchunked"] = new(Handshake(more: "Transfer-Encoding: xchunked\r\n"), 400, Ends: true),

        ["garbage"] = new("\0\u0001\u0002\u00FF\u00FE garbage\r\n\r\n", 400, Ends: true),
        ["a TLS hello"] = new("\u0016\u0003\u0001\0\u00C5\u0001\0\0\u00C1\u0003\u0003" + new string('\u0011', 190), 400, Ends: true),
        ["a WebSocket frame without a handshake"] = new("\u0081\u0085\u0001\u0002\u0003\u0004hello\r\n\r\n", 400, Ends: true),

        ["another path"] = new(Handshake(path: "/ws/other"), 404, NothingHere),
        ["a path below"] = new(Handshake(path: "/ws/optimization/job-1"), 404, NothingHere),
        ["an encoded slash"] = new(Handshake(path: "/ws%2Foptimization"), 404, NothingHere),
        ["an escape that is none"] = new(Handshake(path: "/ws/%zz"), 404, NothingHere),
        ["a path out of the root"] = new(Handshake(path: "/../../etc/passwd"), 404, NothingHere),
        ["an encoded NUL in the path"] = new(Handshake(path: "/ws/optimization%00"), 400, Ends: true),
        ["a path without a slash"] = new(Handshake(path: "ws/optimization"), 400, Ends: true),
        ["a space in the path"] = new(Handshake(path: "/ws/opti mization"), 400, Ends: true),
        ["a path in Latin-1"] = new(Handshake(path: "/ws/\u00E9"), 400, Ends: true),
        ["a POST to the page"] = new(
            "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n",
            405,
            "The Allow header has the methods that this path takes.",
            "Allow: GET, HEAD"
        ),
    };
}
