#!/usr/bin/env bash
# Fuzzes one target with eyes for coverage: scripts/fuzz.sh TARGET SECONDS
#
# Builds tests/Fuzz, instruments a copy of it with SharpFuzz, and lets afl-fuzz (Debian: afl++) run it from the golden files and
# the kept corpus on. What it finds stays in tests/Fuzz/findings, which git ignores. To keep an input, copy it to tests/Fuzz/corpus/TARGET.
# Exit code 1 if something crashed or hung.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${1:-} seconds=${2:-60}
golden=tests/golden
case $target in
    message) seeds=("$golden"/messages/client/*.json "$golden"/messages/client-invalid/*.json) ;;
    event) seeds=("$golden"/events/*.binpb) ;;
    *)
        echo "make fuzz: TARGET is message or event" >&2
        exit 1
        ;;
esac
command -v afl-fuzz > /dev/null || {
    echo "make fuzz: afl-fuzz not found; on a Debian, as root: apt-get install --no-install-recommends afl++" >&2
    exit 1
}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
findings=tests/Fuzz/findings/$target
rm -rf "$findings"
mkdir -p "$findings/seeds"
for seed in "${seeds[@]}"; do
    case $seed in */expectations.json) ;; *) [ ! -s "$seed" ] || cp "$seed" "$findings/seeds/" ;; esac
done
cp tests/Fuzz/corpus/"$target"/* "$findings/seeds/"

dotnet tool restore > /dev/null
dotnet build tests/Fuzz --configuration Release --verbosity quiet --output "$findings/bin" -p:TieredPGO=false
for assembly in OptimizationGateway.Gateway Google.Protobuf; do
    dotnet sharpfuzz "$findings/bin/$assembly.dll"
done

# afl-fuzz wants to see an instrumented binary; here it is a managed one, of which it knows nothing.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1
afl-fuzz -i "$findings/seeds" -o "$findings/afl" -V "$seconds" -t 10000 -m none -- \
    dotnet "$findings/bin/OptimizationGateway.Fuzz.dll" "$target" > "$findings/afl.log" 2>&1 || {
    tail -20 "$findings/afl.log"
    exit 1
}

stats=$findings/afl/default/fuzzer_stats
grep -E '^(run_time|execs_done|execs_per_sec|corpus_count|corpus_found|bitmap_cvg|saved_crashes|saved_hangs) ' "$stats"
if ! grep -qE '^saved_crashes +: 0$' "$stats" || ! grep -qE '^saved_hangs +: 0$' "$stats"; then
    echo "make fuzz: look into $findings/afl/default/crashes and hangs; to try one:"
    echo "    dotnet run --project tests/Fuzz -- $target <file>"
    exit 1
fi
