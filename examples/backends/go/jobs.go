package main

// ListJobs and GetJob over the logs: which jobs there are. Optional: without it the gateway lists none of them.

import (
	"context"
	"fmt"
	"sort"
	"strings"

	pb "optimizerv1"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const maxPageSize = 200

// Jobs serves JobsService. It sorts all jobs for each page: right for some 10,000; beyond that let an index do it.
type Jobs struct {
	pb.UnimplementedJobsServiceServer
	all func() []*pb.Job
}

// ListJobs lists those that changed last first.
func (j *Jobs) ListJobs(_ context.Context, request *pb.ListJobsRequest) (*pb.ListJobsResponse, error) {
	if request.PageSize < 0 {
		return nil, status.Error(codes.InvalidArgument, "page_size is negative")
	}
	var found []*pb.Job
	for _, job := range j.all() {
		if matches(job, request) {
			found = append(found, job)
		}
	}
	sort.Slice(found, func(a, b int) bool {
		if at, other := updated(found[a]), updated(found[b]); at != other {
			return at > other
		}
		return found[a].JobId < found[b].JobId
	})
	start, err := place(found, request.PageToken)
	if err != nil {
		return nil, err
	}
	size := int(request.PageSize)
	if size == 0 || size > maxPageSize {
		size = maxPageSize
	}
	if start+size >= len(found) {
		return &pb.ListJobsResponse{Jobs: found[start:]}, nil
	}
	return &pb.ListJobsResponse{Jobs: found[start : start+size], NextPageToken: token(found[:start+size])}, nil
}

// GetJob describes one job.
func (j *Jobs) GetJob(_ context.Context, request *pb.GetJobRequest) (*pb.GetJobResponse, error) {
	for _, job := range j.all() {
		if job.JobId == request.JobId {
			return &pb.GetJobResponse{Job: job}, nil
		}
	}
	return nil, status.Error(codes.NotFound, "unknown job")
}

func matches(job *pb.Job, request *pb.ListJobsRequest) bool {
	isWanted := len(request.States) == 0
	for _, state := range request.States {
		isWanted = isWanted || state == job.State
	}
	text := strings.ToLower(job.JobId + "\n" + job.PromptId + "\n" + job.DatasetId)
	return isWanted && strings.Contains(text, strings.ToLower(request.Query))
}

func updated(job *pb.Job) int64 { return job.UpdateTime.AsTime().UnixNano() }

// A page ends at a time, and after so many jobs of that time: a job that changes meanwhile moves to the front, and moves
// no other. An offset alone would lose or repeat a job each time. And a token that named a job would show it to callers
// who may not know it.
func token(listed []*pb.Job) string {
	last, ties := updated(listed[len(listed)-1]), 0
	for _, job := range listed {
		if updated(job) == last {
			ties++
		}
	}
	return fmt.Sprintf("%d-%d", last, ties)
}

func place(found []*pb.Job, token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	var last, ties int64
	if _, err := fmt.Sscanf(token, "%d-%d", &last, &ties); err != nil || ties < 0 {
		return 0, status.Error(codes.InvalidArgument, "page_token is none of ours")
	}
	start := sort.Search(len(found), func(i int) bool { return updated(found[i]) <= last })
	for ; ties > 0 && start < len(found) && updated(found[start]) == last; ties-- {
		start++
	}
	return start, nil
}

// describe brings a job up to an event of its log.
func describe(job *pb.Job, event *pb.JobEvent) {
	job.LastEventId, job.UpdateTime, job.Stage = event.Id, event.Timestamp, event.Stage
	if job.CreateTime == nil {
		job.CreateTime = event.Timestamp
	}
	switch payload := event.Payload.(type) {
	case *pb.JobEvent_JobStarted:
		started := payload.JobStarted
		job.State, job.PromptId, job.DatasetId, job.Config = pb.JobState_JOB_STATE_RUNNING, started.PromptId, started.DatasetId, started.Config
	case *pb.JobEvent_IterationCompleted:
		score := payload.IterationCompleted.Score
		minimizes := job.GetConfig().GetFields()["direction"].GetStringValue() == "minimize"
		job.State, job.Iteration, job.Score = pb.JobState_JOB_STATE_RUNNING, event.Iteration, &score
		if job.BestScore == nil || minimizes && score < *job.BestScore || !minimizes && score > *job.BestScore {
			job.BestScore = &score
		}
	case *pb.JobEvent_JobCompleted:
		job.State, job.ResultPromptId = pb.JobState_JOB_STATE_COMPLETED, payload.JobCompleted.ResultPromptId
	}
}
