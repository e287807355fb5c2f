#!/usr/bin/env bash
# Runs the demo: scripts/run.sh [SETTINGS…], those of src/Demo. What would stop it is said before the build, which takes minutes the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. scripts/tools.sh "make run"
node scripts/ports.mjs "$@"
node scripts/packages.mjs

[ -d src/Demo/bin ] || echo "Building; the first time that takes a minute or two …"
exec dotnet run --project src/Demo -- "$@"
