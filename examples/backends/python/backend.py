"""A backend of OptimizationGateway: jobs that look for the lowest point of Rosenbrock's valley by random search, a log
for each (log.py), and WatchJob over the logs (watch.py)."""

import argparse
import asyncio
import http
import pathlib
import random
import sys
import urllib.parse
import uuid

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "generated"))  # what `make generated` wrote

import grpc  # noqa: E402
from optimization.v1 import jobs_pb2_grpc  # noqa: E402
from optimization.v1 import optimizer_pb2 as pb  # noqa: E402
from optimization.v1 import optimizer_pb2_grpc  # noqa: E402

from jobs import Jobs  # noqa: E402
from log import Logs  # noqa: E402
from watch import Optimizer  # noqa: E402


def rosenbrock(point):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(point, point[1:]))


def score(point):
    return 1 / (1 + rosenbrock(point))  # 1: found


def improve(point, step):
    """Looks around. Further after a success, nearer after a failure."""
    for _ in range(20):
        other = [x + random.gauss(0, step) for x in point]
        if rosenbrock(other) < rosenbrock(point):
            point, step = other, step * 1.5
        else:
            step = max(step * 0.9, 1e-6)
    return point, step


async def run(log):
    """All it needs is in its log, so a job goes on after a restart from where its last event says it was."""
    (started,) = log.read(0, 1, 1)
    config = started.job_started.config
    iteration, details = log.last_event.iteration, log.last_event.details
    point, step = list(details["point"]), details["step"]
    while iteration < config["iterations"]:
        await asyncio.sleep(config["delayMs"] / 1000)
        point, step = improve(point, step)
        iteration += 1
        event = pb.JobEvent(iteration=iteration, stage="search")
        event.details.update({"point": point, "step": step})
        event.iteration_completed.score = score(point)
        log.append(event)
    event = pb.JobEvent(iteration=iteration, stage="done")
    event.job_completed.result_prompt_id = " ".join(f"{x:.4f}" for x in point)
    event.job_completed.final_score = score(point)
    log.append(event)


def start_job(logs, iterations, delay_ms):
    job_id = f"valley-{uuid.uuid4().hex[:8]}"
    log = logs.create(job_id)
    event = pb.JobEvent()
    event.details.update({"point": [random.uniform(-2, 2) for _ in range(4)], "step": 0.5})
    event.job_started.prompt_id = "point"
    event.job_started.dataset_id = "rosenbrock-4"
    event.job_started.config.update({"iterations": iterations, "delayMs": delay_ms})
    log.append(event)
    return job_id, log


async def main(settings):
    settings.data.mkdir(parents=True, exist_ok=True)
    logs = Logs(settings.data / "log.db")
    optimizer = Optimizer(logs, settings.heartbeat)
    server = grpc.aio.server(
        options=[
            # By default a second server on this port starts without a word and gets half of the watches.
            ("grpc.so_reuseport", 0),
            # A watcher that pings more often than every five minutes would be thrown out (too_many_pings).
            ("grpc.http2.min_ping_interval_without_data_ms", 1000),
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 1000),
            ("grpc.keepalive_permit_without_calls", 1),
        ]
    )
    optimizer_pb2_grpc.add_OptimizerServiceServicer_to_server(optimizer, server)
    jobs_pb2_grpc.add_JobsServiceServicer_to_server(Jobs(logs), server)

    # An exception in one task ends the group and so the process: a disk that fails must not leave jobs half alive.
    async with asyncio.TaskGroup() as jobs:

        async def answer(reader, writer):
            """POST /jobs?iterations=50&delayMs=200: the job's id. GET /watches: how many streams are open."""
            method, target, _ = (await reader.readline()).decode().split(" ", 2)
            while (await reader.readline()).strip():
                pass
            url = urllib.parse.urlsplit(target)
            query = dict(urllib.parse.parse_qsl(url.query))
            status, text = http.HTTPStatus.OK, str(optimizer.watches)
            if (method, url.path) == ("POST", "/jobs"):
                text, log = start_job(logs, int(query.get("iterations", 50)), int(query.get("delayMs", 200)))
                jobs.create_task(run(log))
            elif url.path != "/watches":
                status, text = http.HTTPStatus.NOT_FOUND, ""
            writer.write(f"HTTP/1.1 {status} {status.phrase}\r\nConnection: close\r\nContent-Length: {len(text) + 1}\r\n\r\n{text}\n".encode())
            await writer.drain()
            writer.close()

        for log in logs:
            if log.last_id > 0 and not log.ended:  # 0: killed before its first event; nobody has heard of it
                jobs.create_task(run(log))
        host, port = settings.jobs.split(":")
        await asyncio.start_server(answer, host, int(port))
        if server.add_insecure_port(settings.listen) == 0:
            raise SystemExit(f"{settings.listen} is taken.")
        await server.start()
        print(f"WatchJob at http://{settings.listen}, POST http://{settings.jobs}/jobs starts a job", flush=True)
        await server.wait_for_termination()


parser = argparse.ArgumentParser()
parser.add_argument("--listen", default="127.0.0.1:5001", help="WatchJob")
parser.add_argument("--jobs", default="127.0.0.1:5002", help="POST /jobs")
parser.add_argument("--data", default=HERE / "data", type=pathlib.Path)
parser.add_argument("--heartbeat", default=15, type=float, help="seconds; rule 8")
try:
    asyncio.run(main(parser.parse_args()))
except KeyboardInterrupt:
    pass
