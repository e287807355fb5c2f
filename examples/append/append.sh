#!/bin/sh
# Appends the events of a job with curl: append.sh http://127.0.0.1:5010/jobs/mine/events
set -eu
url=$1
seq=0

# Repeats the request until it is answered; the log makes it once.
append() {
    curl -sSf --retry 9 --retry-all-errors -o /dev/null "$url" -H 'Content-Type: application/json' \
        -H 'Producer-Id: shell' -H 'Producer-Epoch: 0' -H "Producer-Seq: $seq" -d "$1"
    seq=$((seq + 1))
}

append '{"eventType":"job_started","data":{"promptId":"example","datasetId":"none","config":{"maxIterations":20}}}'
for i in $(seq 20); do
    append "{\"eventType\":\"iteration_completed\",\"iteration\":$i,\"data\":{\"score\":$(awk "BEGIN { print 1 - 1 / $i }")}}"
done
append '{"eventType":"job_completed","data":{"resultPromptId":"example/best","finalScore":0.95}}'
