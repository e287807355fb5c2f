"""The log: one SQLite database for all jobs, an event a row."""

import asyncio
import datetime
import sqlite3
import uuid

from optimization.v1 import jobs_pb2
from optimization.v1 import optimizer_pb2 as pb

from jobs import describe


def is_terminal(event):
    kind = event.WhichOneof("payload")
    return kind in ("job_completed", "job_cancelled") or (kind == "job_failed" and not event.job_failed.will_retry)


class JobLog:
    """One job's events. Everything here runs on the event loop's one thread: that is the one order of writers and watchers."""

    def __init__(self, database, job_id, epoch):
        self._database = database
        self._job_id = job_id
        self.epoch = epoch
        self.appended = asyncio.Event()  # set by the next append, which leaves a new one
        (self.last_id,) = database.execute("SELECT ifnull(max(id), 0) FROM events WHERE job = ?", [job_id]).fetchone()
        self.last_event = next(self.read(self.last_id - 1, self.last_id, 1), None)
        self.ended = self.last_event is not None and is_terminal(self.last_event)
        self.job = jobs_pb2.Job(job_id=job_id)
        for event in self.read(0, self.last_id, -1):
            describe(self.job, event)

    def read(self, after, up_to, at_most):
        """One by one, so that who has enough at 1 MiB doesn't load 500 events of 4 MB each."""
        rows = self._database.execute(
            "SELECT body FROM events WHERE job = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?",
            [self._job_id, after, up_to, at_most],
        )
        return (pb.JobEvent.FromString(body) for (body,) in rows)

    def append(self, event):
        event.id = self.last_id + 1
        event.previous_id = self.last_id  # lets the gateway prove that nothing is missing
        event.timestamp.FromDatetime(datetime.datetime.utcnow())
        # The commit waits for the disk (synchronous = FULL below), and only then is anybody told (rule 5): what was
        # seen can't be lost, so the epoch can stay through every restart. It holds up the loop for as long as a write
        # takes; with many busy jobs give them a writer thread, and tell the loop with call_soon_threadsafe.
        with self._database:
            self._database.execute("INSERT INTO events VALUES (?, ?, ?)", [self._job_id, event.id, event.SerializeToString()])
        self.last_id = event.id
        self.last_event = event
        self.ended = is_terminal(event)
        describe(self.job, event)
        self.appended.set()
        self.appended = asyncio.Event()


class LoadLog:
    """load-<n>: n events that exist already, computed, for tests."""

    epoch = "load-v1"
    ended = True

    def __init__(self, count):
        self.last_id = count

    def read(self, after, up_to, at_most):
        return (self._event(id) for id in range(after + 1, min(up_to, after + at_most) + 1))

    def _event(self, id):
        event = pb.JobEvent(id=id, previous_id=id - 1, iteration=id - 1, stage="load")
        event.timestamp.FromMilliseconds(1_767_225_600_000 + id)
        if id == self.last_id:
            event.job_completed.final_score = 1
        elif id == 1:
            event.job_started.prompt_id = "load"
        else:
            event.iteration_completed.score = id / self.last_id
        return event


class Logs:
    """All logs there are."""

    def __init__(self, path):
        self._database = sqlite3.connect(path)
        self._database.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS jobs (job TEXT PRIMARY KEY, epoch TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS events (job TEXT, id INTEGER, body BLOB NOT NULL, PRIMARY KEY (job, id)) WITHOUT ROWID;
            """
        )
        rows = self._database.execute("SELECT job, epoch FROM jobs").fetchall()
        self._logs = {job_id: JobLog(self._database, job_id, epoch) for job_id, epoch in rows}

    def __iter__(self):
        return iter(list(self._logs.values()))

    def create(self, job_id):
        epoch = str(uuid.uuid4())
        with self._database:
            self._database.execute("INSERT INTO jobs VALUES (?, ?)", [job_id, epoch])
        self._logs[job_id] = JobLog(self._database, job_id, epoch)
        return self._logs[job_id]

    def stored(self, job_id):
        return self._logs.get(job_id)

    def find(self, job_id):
        prefix, _, count = job_id.partition("load-")
        if prefix == "" and count.isascii() and count.isdigit() and count[0] != "0" and len(count) <= 7:
            return LoadLog(int(count))
        return self.stored(job_id)
