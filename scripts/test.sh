#!/usr/bin/env bash
# Builds once, runs every test runner, and ends with one line over all of them:
#
#     N passed, N failed, N skipped
#
# Exit code 0 only if nothing failed, every runner ran to its end and each ran at least one test;
# with CI=true also only if nothing was skipped.
#
# To add a runner, add one line at the end: `runner NAME COUNTS COMMAND…`, where COUNTS is a function
# that reads the runner's output and prints "passed failed skipped".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The closing lines are parsed, so they must be English.
export DOTNET_CLI_UI_LANGUAGE=en TESTINGPLATFORM_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# Compilers and tested programs live for seconds here: profiling their code to optimize it later takes a fifth of their time.
export DOTNET_TieredPGO=0

output=$(mktemp)
# The clients of the .NET tests write down what they exchange with gateways, for tests/schema to judge.
messages=$(mktemp -d)

passed=0 failed=0 skipped=0
problems=()
# What each failed test said: shown once more at the end, where a long log is read first.
failures=$(mktemp)
# What checks say that run beside others, each in a file.
said=$(mktemp -d)
# The processes that run beside others; the last to be started may outlive an interruption.
running=()
trap 'kill ${running[@]+"${running[@]}"} 2> /dev/null; rm -rf "$output" "$messages" "$failures" "$said"' EXIT

# `dotnet test` closes with a line each for total, failed, succeeded and skipped. The last ones count.
dotnet_counts() {
    sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | awk '
        $1 == "failed:" { f = $2 } $1 == "succeeded:" { p = $2 } $1 == "skipped:" { s = $2 }
        END { if (p != "" && f != "" && s != "") print p, f, s }'
}

# vitest closes with `Tests  1 failed | 176 passed | 2 skipped (179)`; numbers that are 0 aren't there.
vitest_counts() {
    sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | awk '
        $1 == "Tests" { p = f = s = 0; seen = 1
            for (i = 2; i < NF; i++) { if ($(i + 1) == "passed") p = $i; if ($(i + 1) == "failed") f = $i; if ($(i + 1) == "skipped") s = $i } }
        END { if (seen) print p, f, s }'
}

# Prints each failed test of a runner's output: `failed Name (1s)` of `dotnet test`, ` FAIL  file > name` of vitest,
# with the first lines of its message and trace.
failed_tests() {
    sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | awk '
        /^failed [^ ]/ || /^ *FAIL / { left = 12 }
        /^[^ ]/ && !/^failed [^ ]/ { left = 0 }
        left-- > 0 { print }'
}

# Nothing may take longer than this, in seconds, so that a hang is a failure with a name. Measured: 600 for all of .NET, 90 for the longest check.
longest_runner=2400
longest_check=600

# Runs a command, and ends it with all it started after so many seconds; exit code 124.
within() {
    timeout --kill-after=10 "$@"
}

# A whole set of tests: shows its output live and adds up its counts.
runner() {
    local name=$1 counts=$2 status p f s
    shift 2
    echo
    echo "== $name: $*"
    within "$longest_runner" "$@" 2>&1 | tee "$output"
    status=${PIPESTATUS[0]}

    p=0 f=0 s=0
    read -r p f s <<< "$("$counts" < "$output")"
    p=${p:-0} f=${f:-0} s=${s:-0}
    if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
        problems+=("$name didn't end within $longest_runner s")
        f=$((f + 1))
    elif [ $((p + f + s)) -eq 0 ]; then
        problems+=("$name ran no tests (exit code $status)")
        f=1
    elif [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        problems+=("$name ended with exit code $status though no test failed")
        f=1
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$f" -gt 0 ]; then
        failed_tests < "$output" >> "$failures"
    fi
}

# Counts a check by its exit code.
count_check() {
    case $2 in
        0) passed=$((passed + 1)) ;;
        124 | 137) failed=$((failed + 1)) problems+=("$1 didn't end within $longest_check s") ;;
        *) failed=$((failed + 1)) problems+=("$1 failed") ;;
    esac
}

# One command that counts as one test.
check() {
    local name=$1
    shift
    echo
    echo "== $name: $*"
    within "$longest_check" "$@"
    count_check "$name" $?
}

# A check that runs beside what comes next, until `gather` shows what it said and counts it.
names=() commands=()
beside() {
    names+=("$1") commands+=("${*:2}")
    # Not by `within`: of a function the trap would end the shell only.
    timeout --kill-after=10 "$longest_check" "${@:2}" > "$said/${#names[@]}" 2>&1 < /dev/null &
    running+=($!)
}

gather() {
    local i status
    for i in "${!names[@]}"; do
        wait "${running[i]}"
        status=$?
        echo
        echo "== ${names[i]}: ${commands[i]}"
        cat "$said/$((i + 1))"
        count_check "${names[i]}" "$status"
    done
    names=() commands=() running=()
}

finish() {
    if [ "${CI:-}" = true ] && [ "$skipped" -gt 0 ]; then
        problems+=("$skipped skipped, and with CI=true nothing may be")
    fi
    echo
    cat "$failures"
    for problem in ${problems[@]+"${problems[@]}"}; do
        echo "make test: $problem"
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ ${#problems[@]} -eq 0 ]
}

# One compiler for all projects takes half the time of one for each. It is of this build alone, by the name of its pipe, and ends with it:
# the one that `dotnet build` starts by itself stays for ten minutes, or is switched off.
build() {
    local compiler pipe=optimization-gateway-$$ shared=() status
    compiler=$(dotnet msbuild src/Contracts/Contracts.csproj -getProperty:RoslynTargetsPath)/bincore/VBCSCompiler
    if [ -x "$compiler" ]; then
        "$compiler" "-pipename:$pipe" > /dev/null 2>&1 &
        running=($!)
        shared=(-p:UseSharedCompilation=true "-p:SharedCompilationId=$pipe")
    fi
    dotnet build OptimizationGateway.sln --verbosity quiet ${shared[@]+"${shared[@]}"}
    status=$?
    if [ ${#running[@]} -gt 0 ]; then
        kill "${running[@]}"
        wait "${running[@]}" 2> /dev/null
        running=()
    fi
    return "$status"
}

if ! build; then
    problems+=("the build failed")
    failed=1
    finish
    exit 1
fi

check "C# format" dotnet csharpier check .
check "TypeScript format and lint" node_modules/.bin/biome check
check "client: build and size" npm run --silent build --workspace clients/typescript
beside "console: types" npm run --silent check --workspace clients/console
beside "client: types and package" npm run --silent check --workspace clients/typescript
runner ".NET" dotnet_counts env RECORD_MESSAGES="$messages" dotnet test --solution OptimizationGateway.sln --no-build
gather
runner "client" vitest_counts npm run --silent test --workspace clients/typescript
runner "console" vitest_counts npm run --silent test --workspace clients/console
check "schemas: the goldens" node tests/schema/goldens.mjs
check "schemas: appsettings.json" node tests/schema/settings.mjs
check "schemas: openapi.json and asyncapi.json" node tests/schema/descriptions.mjs
check "schemas: what the .NET tests recorded" node tests/schema/recorded.mjs "$messages"
check "bench: events come through whole" dotnet bench/Bench/bin/Debug/net10.0/OptimizationGateway.Bench.dll --check
check "memory: a hundred stuck viewers of one job" dotnet bench/Memory/bin/Debug/net10.0/OptimizationGateway.Memory.dll stuck 100
check "memory: slow readers for ten seconds" dotnet bench/Memory/bin/Debug/net10.0/OptimizationGateway.Memory.dll attack 25x100 heap 256 own 10
check "chaos for a minute" dotnet run --no-build --project tests/Faults -- --duration 60 --seed 1
check "chaos of logs for a minute" dotnet run --no-build --project tests/Faults -- logs --duration 60 --seed 1

finish
