"""ListJobs and GetJob over the logs: which jobs there are. Optional: without it the gateway lists none of them."""

import grpc
from optimization.v1 import jobs_pb2 as pb
from optimization.v1 import jobs_pb2_grpc

MAX_PAGE_SIZE = 200


class Jobs(jobs_pb2_grpc.JobsServiceServicer):
    """Sorts all jobs for each page: right for some 10,000; beyond that let an index do it."""

    def __init__(self, logs):
        self._logs = logs

    async def ListJobs(self, request, context):
        if request.page_size < 0:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "page_size is negative")
        found = sorted((log.job for log in self._logs if matches(log.job, request)), key=lambda job: (-updated(job), job.job_id))
        start = place(found, request.page_token)
        if start is None:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "page_token is none of ours")
        end = start + min(request.page_size or MAX_PAGE_SIZE, MAX_PAGE_SIZE)
        return pb.ListJobsResponse(jobs=found[start:end], next_page_token=token(found[:end]) if end < len(found) else "")

    async def GetJob(self, request, context):
        log = self._logs.stored(request.job_id)
        if log is None or log.last_id == 0:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown job")
        return pb.GetJobResponse(job=log.job)


def matches(job, request):
    text = "\n".join([job.job_id, job.prompt_id, job.dataset_id]).lower()
    is_wanted = not request.states or job.state in request.states
    return job.last_event_id > 0 and is_wanted and request.query.lower() in text


def updated(job):
    return job.update_time.ToNanoseconds()


def token(listed):
    """A page ends at a time, and after so many jobs of that time: a job that changes meanwhile moves to the front, and
    moves no other. An offset alone would lose or repeat a job each time. And a token that named a job would show it to
    callers who may not know it."""
    last = updated(listed[-1])
    return f"{last}-{sum(updated(job) == last for job in listed)}"


def place(found, page_token):
    if not page_token:
        return 0
    last, _, ties = page_token.partition("-")
    if not (last.isdecimal() and ties.isdecimal()):
        return None
    newer = sum(updated(job) > int(last) for job in found)
    same = sum(updated(job) == int(last) for job in found)
    return newer + min(same, int(ties))


def describe(job, event):
    """Brings a job up to an event of its log."""
    job.last_event_id, job.stage = event.id, event.stage
    job.update_time.CopyFrom(event.timestamp)
    if not job.HasField("create_time"):
        job.create_time.CopyFrom(event.timestamp)
    kind = event.WhichOneof("payload")
    if kind == "job_started":
        job.state = pb.JOB_STATE_RUNNING
        job.prompt_id, job.dataset_id = event.job_started.prompt_id, event.job_started.dataset_id
        job.config.CopyFrom(event.job_started.config)
    elif kind == "iteration_completed":
        job.state, job.iteration, job.score = pb.JOB_STATE_RUNNING, event.iteration, event.iteration_completed.score
        best = min if "direction" in job.config and job.config["direction"] == "minimize" else max
        job.best_score = best(job.score, job.best_score) if job.HasField("best_score") else job.score
    elif kind == "job_completed":
        job.state, job.result_prompt_id = pb.JOB_STATE_COMPLETED, event.job_completed.result_prompt_id
