"""Follows a job with Python's standard library alone, and writes the id of each event as a line of its own."""

import json
import sys
import urllib.request

url, offset = sys.argv[1], "-1"
while True:
    with urllib.request.urlopen(f"{url}?offset={offset}&live=long-poll") as answer:
        offset = answer.headers["Stream-Next-Offset"]
        closed = answer.headers["Stream-Closed"] == "true"
        events = json.load(answer) if answer.status == 200 else []
    for event in events:
        print(event["id"], flush=True)
    if closed:
        break
