"""WatchJob over the logs: the part to keep when you write your own. "Rule n" is rule n of docs/backends.md."""

import asyncio

import grpc
from optimization.v1 import optimizer_pb2 as pb
from optimization.v1 import optimizer_pb2_grpc

from log import is_terminal

MAX_BATCH_EVENTS = 500
MAX_BATCH_BYTES = 1024 * 1024


class Optimizer(optimizer_pb2_grpc.OptimizerServiceServicer):
    def __init__(self, logs, heartbeat):
        self._logs = logs
        self._heartbeat = heartbeat
        self.watches = 0

    # A generator of grpc.aio: a `yield` comes back when HTTP/2 has taken the message, which is flow control; when the
    # watcher has gone the wait inside is cancelled (rule 9). With threads (grpc.server) every watch would hold one
    # of a pool: the watch after the last thread hangs without a word.
    async def WatchJob(self, request, context):
        self.watches += 1
        try:
            async for message in self._watch(request, context):
                yield message
        finally:
            self.watches -= 1

    async def _watch(self, request, context):
        log = self._logs.find(request.job_id)
        if log is None:  # rule 7, down to the cursor
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown job")
        if request.epoch and request.epoch != log.epoch:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "another log")
        last, ended = log.last_id, log.ended  # where now is: history ends here and live begins
        # HasField, or "not set" becomes 0, and who wants to hear from now on gets everything (rule 3).
        replays = request.HasField("after_event_id")
        cursor = request.after_event_id if replays else last
        if cursor < 0:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "after_event_id is negative")
        if cursor > last:
            trailers = (("earliest-event-id", "1"), ("latest-event-id", str(last)))
            await context.abort(grpc.StatusCode.OUT_OF_RANGE, "beyond the log", trailers)
        # Rule 1: before anything is waited for.
        yield pb.WatchJobResponse(subscribed=pb.Subscribed(epoch=log.epoch, last_event_id=last, ended=ended))

        while replays:  # once at least, also with nothing in it (rule 2)
            events = batch(log.read(cursor, last, MAX_BATCH_EVENTS))
            cursor = events[-1].id if events else cursor
            replays = cursor < last
            yield pb.WatchJobResponse(replay=pb.Replay(events=events, has_more=replays))
        if request.history_only or ended:  # rules 4 and 6
            return

        # History and live are the same read after the same cursor, so there is no seam to lose an event in, and a slow
        # watcher costs a number and not a queue.
        while True:
            appended = log.appended  # taken before the read; no append can fall between, since nothing is awaited here
            events = list(log.read(cursor, log.last_id, 100))
            for event in events:
                yield pb.WatchJobResponse(event=event)
                cursor = event.id
                if is_terminal(event):
                    return
            if not events and not await happens(appended, self._heartbeat):
                # What this stream has sent, not what the log has (rule 8).
                yield pb.WatchJobResponse(heartbeat=pb.Heartbeat(last_event_id=cursor))


def batch(events):
    """As many of them as 1 MiB holds, but one at least."""
    taken, size = [], 0
    for event in events:
        size += event.ByteSize() + 8  # and its tag and length
        if taken and size > MAX_BATCH_BYTES:
            break
        taken.append(event)
    return taken


async def happens(event, within):
    try:
        await asyncio.wait_for(event.wait(), within)
        return True
    except asyncio.TimeoutError:
        return False
