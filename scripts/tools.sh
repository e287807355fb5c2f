# For scripts that begin with `. scripts/tools.sh NAME`: ends NAME with a sentence where .NET 10 or Node.js 20.19 is missing.

fail() {
    echo "$name: $*" >&2
    exit 1
}

name=$1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

command -v dotnet > /dev/null || fail "dotnet not found: install the .NET 10 SDK, https://dotnet.microsoft.com/download"
# global.json refuses any other SDK, so the question itself fails where 10 is missing.
dotnet --version > /dev/null 2>&1 || fail "the .NET 10 SDK not found; there is: $(cd / && dotnet --list-sdks | tr '\n' ' ')"

command -v node > /dev/null || fail "node not found: install Node.js 20.19 or newer, https://nodejs.org"
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    fail "Node.js 20.19 or newer needed; this is $(node --version)"
command -v npm > /dev/null || fail "npm not found: it comes with Node.js, https://nodejs.org"
