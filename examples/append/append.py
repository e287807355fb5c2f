# Appends the events of a job with Python's standard library: python3 append.py http://127.0.0.1:5010/jobs/mine/events
import json, sys, time, urllib.error, urllib.request

url = sys.argv[1] if len(sys.argv) == 2 else sys.exit("Usage: python3 append.py http://127.0.0.1:5010/jobs/mine/events")
sequence = 0


def append(event_type, **event):
    """Repeats the request until it is answered; the log makes it once."""
    global sequence
    headers = {"Content-Type": "application/json", "Producer-Id": "python", "Producer-Epoch": "0", "Producer-Seq": str(sequence)}
    while True:
        try:
            body = json.dumps({"eventType": event_type, **event}).encode()
            urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10).close()
            sequence += 1
            return
        except urllib.error.HTTPError as refusal:
            if refusal.code < 500 and refusal.code != 429:
                sys.exit(refusal.read().decode())
        except OSError:
            pass  # Not answered.
        time.sleep(0.5)


append("job_started", data={"promptId": "example", "datasetId": "none", "config": {"maxIterations": 20}})
for i in range(1, 21):
    append("iteration_completed", iteration=i, data={"score": 1 - 1 / i})
append("job_completed", data={"resultPromptId": "example/best", "finalScore": 0.95})
