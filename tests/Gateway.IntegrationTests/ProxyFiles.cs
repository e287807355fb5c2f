using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>The files of deploy/nginx and deploy/haproxy, with what a test has to replace.</summary>
internal sealed class ProxyFiles(
    string folder,
    TestCertificate certificate,
    int port,
    Uri[] gateways,
    string timeout,
    bool isUnderAPath,
    string checks,
    bool isHashed = false
)
{
    private const string Snippet = "/etc/nginx/snippets/optimization-gateway.conf";

    private static readonly string[] IdleTimeouts = ["proxy_read_timeout", "proxy_send_timeout", "send_timeout"];

    /// <returns>The file to start nginx with: one process, which can be killed like any other, and the shipped files included.</returns>
    public string WriteNginx()
    {
        var upstream = Write("upstream.conf", Shipped("nginx", "upstream.conf", [.. Gateways]));
        var proxy = Write("proxy.conf", Shipped("nginx", "proxy.conf", [.. NginxTimeouts]));
        var locations = isUnderAPath ? Shipped("nginx", "path.conf", (Snippet, proxy)) : "";
        var site = Write("site.conf", isUnderAPath ? SiteWith(locations) : Site(proxy));
        return Write(
            "nginx.conf",
            $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr notice;
            events {}
            http {
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                set_real_ip_from 127.0.0.1;
                real_ip_header {{DeployedProxy.AddressHeader}};
                include {{upstream}};
                include {{site}};
            }
            """
        );
    }

    public string WriteHaproxy()
    {
        var pem = Write("certificate.pem", File.ReadAllText(certificate.File) + "\n" + File.ReadAllText(certificate.KeyFile));
        (string, string)[] path = isUnderAPath
            ?
            [
                ("    default_backend gateways\n", ""),
                ("    #use_backend gateways", "    use_backend gateways"),
                ("uri /health/ready", "uri /optimizer/health/ready"),
            ]
            : [];
        return Write(
            "haproxy.cfg",
            Shipped(
                "haproxy",
                "haproxy.cfg",
                [
                    .. Gateways,
                    .. path,
                    .. Hash,
                    ("maxconn 20000", "maxconn 200"),
                    ("inter 1s", $"inter {checks}"),
                    ("    bind :80\n", ""),
                    ("bind :443", $"bind 127.0.0.1:{port}"),
                    ("/etc/haproxy/certs/optimizer.example.com.pem", pem),
                    ("timeout tunnel 60s", $"timeout tunnel {timeout}"),
                    ("timeout client 30s", $"timeout client {HttpTimeout}"),
                    ("timeout server 30s", $"timeout server {HttpTimeout}"),
                    (
                        "    http-request redirect",
                        $"    http-request set-src req.hdr({DeployedProxy.AddressHeader})\n    http-request redirect"
                    ),
                ]
            )
        );
    }

    private (string, string)[] Gateways => [("127.0.0.1:8080", gateways[0].Authority), ("127.0.0.1:8081", gateways[^1].Authority)];

    private (string, string)[] Hash =>
        isHashed
            ?
            [
                ("    balance leastconn\n", ""),
                ("    #balance hash", "    balance hash"),
                ("    #hash-type", "    hash-type"),
                ("    #hash-balance-factor", "    hash-balance-factor"),
            ]
            : [];

    /// <summary>The timeout of an answer, which an event stream is, too.</summary>
    private string HttpTimeout => timeout == "60s" ? "30s" : timeout;

    private (string, string)[] NginxTimeouts => [.. IdleTimeouts.Select(name => ($"\n{name} 60s", $"\n{name} {timeout}"))];

    private string Site(string proxy) =>
        Shipped(
            "nginx",
            "site.conf",
            ("    listen 80;\n    listen [::]:80;\n", $"    listen 127.0.0.1:{ProgramProcess.FreePort()};\n"),
            ("    listen 443 ssl;\n    listen [::]:443 ssl;\n", $"    listen 127.0.0.1:{port} ssl;\n"),
            ("/etc/ssl/optimizer.example.com.pem", certificate.File),
            ("/etc/ssl/private/optimizer.example.com.key", certificate.KeyFile),
            ("/var/log/nginx/optimization-gateway.log", Path.Combine(folder, "access.log")),
            (Snippet, proxy)
        );

    /// <summary>Somebody's site, which has been there before.</summary>
    private string SiteWith(string locations) =>
        $$"""
            server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{certificate.File}};
                ssl_certificate_key {{certificate.KeyFile}};
                access_log off;
                location / { return 200 "somebody's page"; }
                {{locations}}
            }
            """;

    private static string Shipped(string kind, string file, params (string Old, string New)[] replacements)
    {
        var text = File.ReadAllText(RepositoryRoot.Combine("deploy", kind, file));
        foreach (var (old, @new) in replacements)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, @new, StringComparison.Ordinal);
        }

        return text;
    }

    private string Write(string file, string text)
    {
        var path = Path.Combine(folder, file);
        File.WriteAllText(path, text);
        return path;
    }
}
