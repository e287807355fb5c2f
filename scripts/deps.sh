#!/usr/bin/env bash
# Installs what the build and the tests need beyond .NET 10 and Node 20, which it only checks.
# After this `make test` needs neither the network nor root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
    echo "make deps: $*" >&2
    exit 1
}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

command -v dotnet > /dev/null || fail "dotnet not found: install the .NET 10 SDK, https://dotnet.microsoft.com/download"
# global.json refuses any other SDK, so the question itself fails where 10 is missing.
dotnet --version > /dev/null 2>&1 || fail "the .NET 10 SDK not found; there is: $(cd / && dotnet --list-sdks | tr '\n' ' ')"

command -v node > /dev/null || fail "node not found: install Node.js 20 or newer, https://nodejs.org"
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    fail "Node.js 20.19 or newer needed; this is $(node --version)"

echo "dotnet $(dotnet --version), node $(node --version)"

dotnet tool restore > /dev/null
dotnet restore OptimizationGateway.sln --verbosity quiet
npm ci --no-audit --no-fund --loglevel=error

browser=""
for name in chromium chromium-browser google-chrome; do
    browser=$(command -v "$name") && break
done
if [ -z "$browser" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "installing chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    if { apt-get update -qq &&
        apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 chromium fonts-dejavu-core; } > /dev/null; then
        browser=$(command -v chromium)
    fi
fi
if [ -n "$browser" ]; then
    echo "browser $browser"
else
    echo "No chromium found: the browser tests will be skipped. To run them, as root:"
    echo "    apt-get install --no-install-recommends chromium fonts-dejavu-core"
fi
