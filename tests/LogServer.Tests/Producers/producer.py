"""Appends numbered events with Python's standard library; writes the number after each round, and ends the job."""

import json
import sys
import time
import urllib.error
import urllib.request

url, rounds, per_round = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def append(sequence, events):
    headers = {
        "Content-Type": "application/json",
        "Producer-Id": "python",
        "Producer-Epoch": "0",
        "Producer-Seq": str(sequence),
    }
    while True:
        request = urllib.request.Request(url, json.dumps(events).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10):
                return
        except urllib.error.HTTPError as refused:
            if refused.code != 429 and refused.code < 500:
                raise
        except (OSError, urllib.error.URLError):
            pass  # The log server is away.
        time.sleep(0.05)


for turn in range(rounds):
    append(turn, [{"eventType": "counted", "data": {"n": turn * per_round + i}} for i in range(per_round)])
    print((turn + 1) * per_round, flush=True)
append(rounds, {"eventType": "job_completed"})
print("end", flush=True)
