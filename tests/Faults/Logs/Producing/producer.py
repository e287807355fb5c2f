# A producer on Python's standard library: python3 producer.py SERVERS JOB PRODUCER EPOCH APPENDS BATCH
import http.client, json, random, sys, time
from urllib.parse import urlsplit

servers, job, producer = sys.argv[1].split(","), sys.argv[2], sys.argv[3]
epoch, appends, batch = (int(word) for word in sys.argv[4:7])


def post(server, sequence, body):
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=8)
    try:
        headers = {"Content-Type": "application/json", "Producer-Id": producer, "Producer-Epoch": epoch, "Producer-Seq": sequence}
        connection.request("POST", f"/jobs/{job}/events", body, {name: str(value) for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def send(sequence, count, body):
    unknown = False
    attempt = random.randrange(len(servers))
    while True:
        try:
            status, headers, text = post(servers[attempt % len(servers)], sequence, body)
        except (OSError, http.client.HTTPException):
            status, unknown = 0, True
        if status in (200, 204):
            print("made" if status == 200 else "repeat", sequence, count, headers["Stream-Next-Offset"], flush=True)
            return
        if status in (403, 409):
            if not unknown:
                print("refused", sequence, count, f"{status} {text}".replace("\n", " "), flush=True)
            print("fenced" if status == 403 else "ended" if "Stream-Closed" in headers else "gap", flush=True)
            sys.exit(0)
        if status == 400 and "must begin with sequence 0" in text:
            print("gap", flush=True)  # The log went back behind the beginning of this run.
            sys.exit(0)
        if status == 400:
            sys.exit(f"400 {text}")
        unknown = unknown or status not in (0, 429)
        attempt += 1
        time.sleep(0.05)


for sequence in range(appends):
    count, last = random.randint(1, batch), sequence == appends - 1
    events = []
    for index in range(count):
        name = {"p": producer, "e": epoch, "s": sequence, "i": index}
        ends = last and index == count - 1
        data = {"finalScore" if ends else "score": 0.5, **name}
        events.append({"eventType": "job_completed" if ends else "iteration_completed", "iteration": sequence + 1, "data": data})
    send(sequence, count, json.dumps(events))
    time.sleep(random.uniform(0.005, 0.06))
print("ended", flush=True)
