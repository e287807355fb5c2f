#!/bin/sh
# Appends the events of a job with curl: append.sh http://127.0.0.1:5010/jobs/mine/events
set -eu
url=${1:?"The URL of a job's events is missing, such as http://127.0.0.1:5010/jobs/mine/events"}
seq=0

# Repeats the request until it is answered; the log makes it once. A refusal is printed, and ends the program.
append() {
    while ! answer=$(curl -sS -m 10 -w '\n%{http_code}' "$url" -H 'Content-Type: application/json' \
        -H 'Producer-Id: shell' -H 'Producer-Epoch: 0' -H "Producer-Seq: $seq" -d "$1"); do sleep 1; done
    case $answer in
    *[!0-9]20[04]) seq=$((seq + 1)) ;;
    *[!0-9]429 | *[!0-9]5??) sleep 1 && append "$1" ;;
    *) echo "$answer" >&2 && exit 1 ;;
    esac
}

append '{"eventType":"job_started","data":{"promptId":"example","datasetId":"none","config":{"maxIterations":20}}}'
for i in $(seq 20); do
    append "{\"eventType\":\"iteration_completed\",\"iteration\":$i,\"data\":{\"score\":$(awk "BEGIN { print 1 - 1 / $i }")}}"
done
append '{"eventType":"job_completed","data":{"resultPromptId":"example/best","finalScore":0.95}}'
