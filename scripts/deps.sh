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

# What only Debian's packages bring. Without them their tests are skipped, and with CI=true they fail.
packages=()

browser=""
for name in chromium chromium-browser google-chrome; do
    browser=$(command -v "$name") && break
done
[ -n "$browser" ] || packages+=(chromium fonts-dejavu-core)

# How the tests of the conformance kit start jobs, as its users do.
command -v curl > /dev/null || packages+=(curl)

# What stands in front of the gateway in tests, with the files of deploy/; and what examples/backends/python and go are made with:
# that list is also in examples/backends/README.md.
for package in nginx haproxy make protobuf-compiler protobuf-compiler-grpc python3-grpcio python3-protobuf \
    golang-go golang-google-grpc-dev golang-github-golang-protobuf-1-5-dev protoc-gen-go protoc-gen-go-grpc; do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed || packages+=("$package")
done

if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "installing ${packages[*]}"
        export DEBIAN_FRONTEND=noninteractive
        if { apt-get update -qq &&
            apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "${packages[@]}"; } > /dev/null; then
            packages=()
        fi
    fi
fi
if [ ${#packages[@]} -gt 0 ]; then
    echo "Not there, so the tests of the page (chromium), of deploy/ (nginx, haproxy), of examples/backends or of the conformance kit (curl) will be"
    echo "skipped. To run them, on Debian as root:"
    echo "    apt-get install --no-install-recommends ${packages[*]}"
fi
