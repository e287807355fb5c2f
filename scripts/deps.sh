#!/usr/bin/env bash
# Installs what the build and the tests need beyond .NET 10 and Node 20, which it only checks.
# After this `make test` needs neither the network nor root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. scripts/tools.sh "make deps"
echo "dotnet $(dotnet --version), node $(node --version)"

dotnet tool restore > /dev/null
dotnet restore OptimizationGateway.sln --verbosity quiet
node scripts/packages.mjs

# What only Debian's packages bring. Without them their tests are skipped, and with CI=true they fail.
packages=()

browser=""
for name in chromium chromium-browser google-chrome; do
    browser=$(command -v "$name") && break
done
[ -n "$browser" ] || packages+=(chromium fonts-dejavu-core)

# How the tests of the conformance kit start jobs, as its users do.
command -v curl > /dev/null || packages+=(curl)

# What the tests of the job logs start, each in a folder of its own.
[ -x /usr/lib/postgresql/15/bin/postgres ] || packages+=(postgresql-15)

# What stands in front of the gateway in tests, with the files of deploy/; promtool, which tests the alerts; and what examples/backends/python and go are made with:
# that list is also in examples/backends/README.md.
for package in nginx haproxy prometheus make protobuf-compiler protobuf-compiler-grpc python3-grpcio python3-protobuf \
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
    echo "Not there, so the tests of the page (chromium), of deploy/ (nginx, haproxy, prometheus), of examples/backends, of the job logs (postgresql-15) or of the"
    echo "conformance kit (curl) will be skipped. To run them, on Debian as root:"
    echo "    apt-get install --no-install-recommends ${packages[*]}"
fi
