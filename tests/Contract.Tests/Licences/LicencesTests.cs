using System.Text;
using OptimizationGateway.Contract.Tests.Golden;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Licences;

/// <summary>docs/licences.md lists what we ship of others, and under which licences: those that we know and may ship.</summary>
public sealed class LicencesTests
{
    private const string Page = "docs/licences.md";

    private static readonly string[] Allowed = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PostgreSQL"];

    [Fact]
    public void The_page_lists_what_the_builds_have_resolved()
    {
        var path = RepositoryRoot.Combine("docs", "licences.md");
        var expected = Write();
        if (GoldenUpdate.Requested)
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == expected,
            $"{Page} isn't what is shipped: make it anew with {GoldenUpdate.Command}, and look at what changed."
        );
    }

    [Fact]
    public void Every_licence_is_one_that_we_may_ship() =>
        Assert.All(
            ShippedPackages
                .OfProgram("Gateway")
                .Concat(ShippedPackages.OfProgram("LogServer"))
                .Concat(ShippedPackages.OfPage())
                .Concat(ShippedPackages.OfClient()),
            package => Assert.Contains(package.Licence, Allowed)
        );

    private static string Write()
    {
        var page = new StringBuilder(
            $"""
            # Licences

            OptimizationGateway itself is under the Apache License 2.0 ([LICENSE](../LICENSE)), which every package and image
            carries.

            What is shipped of others, with the licence that each package states. Written by
            `{GoldenUpdate.Command}` out of what the builds have resolved; a test compares.
            Tools, tests and examples are not listed: they aren't shipped.


            """
        );
        Add(
            page,
            "The gateway",
            "NuGet packages in its output. .NET and ASP.NET Core themselves are MIT.",
            ShippedPackages.OfProgram("Gateway")
        );
        Add(
            page,
            "The log server",
            "NuGet packages in its output. SQLitePCLRaw.lib.e_sqlite3 has SQLite itself in it, which is in the public domain.",
            ShippedPackages.OfProgram("LogServer")
        );
        Add(page, "The page at /", "npm packages that are built into it.", ShippedPackages.OfPage());
        Add(
            page,
            "The browser client",
            "npm packages that it installs. React and Vue are the application's own.",
            ShippedPackages.OfClient()
        );
        return page.ToString().TrimEnd() + "\n";
    }

    private static void Add(StringBuilder page, string heading, string about, IEnumerable<ShippedPackage> packages)
    {
        var rows = packages.Select(package => $"| {package.Name} | {package.Version} | {package.Licence} |\n").ToList();
        page.Append($"## {heading}\n\n{about}\n\n");
        page.Append(rows.Count > 0 ? $"| package | version | licence |\n|---|---|---|\n{string.Concat(rows)}\n" : "None.\n\n");
    }
}
