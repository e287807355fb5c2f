package main

// WatchJob over the logs: the part to keep when you write your own. "Rule n" is rule n of docs/backends.md.

import (
	"strconv"
	"sync/atomic"
	"time"

	pb "optimizerv1"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	maxBatchEvents = 500
	maxBatchBytes  = 1024 * 1024
)

// Optimizer serves WatchJob.
type Optimizer struct {
	pb.UnimplementedOptimizerServiceServer
	find      func(jobID string) (Log, bool)
	heartbeat time.Duration
	watches   int64
}

// WatchJob is a goroutine for each stream. Send waits while HTTP/2 holds the stream back, and the context ends with the
// watcher (rule 9): no queue and no goroutine of your own is needed, so none can be forgotten.
func (o *Optimizer) WatchJob(request *pb.WatchJobRequest, stream pb.OptimizerService_WatchJobServer) error {
	atomic.AddInt64(&o.watches, 1)
	defer atomic.AddInt64(&o.watches, -1)

	log, found := o.find(request.JobId)
	if !found { // rule 7, down to the cursor
		return status.Error(codes.NotFound, "unknown job")
	}
	if request.Epoch != "" && request.Epoch != log.Epoch() {
		return status.Error(codes.FailedPrecondition, "another log")
	}
	last, ended, _ := log.State() // where now is: history ends here and live begins
	cursor := last
	// A pointer, because unset isn't 0: it is "from now" (rule 3). GetAfterEventId() would hide that.
	if request.AfterEventId != nil {
		cursor = *request.AfterEventId
	}
	if cursor < 0 {
		return status.Error(codes.InvalidArgument, "after_event_id is negative")
	}
	if cursor > last {
		stream.SetTrailer(metadata.Pairs("earliest-event-id", "1", "latest-event-id", strconv.FormatInt(last, 10)))
		return status.Error(codes.OutOfRange, "beyond the log")
	}
	// Rule 1: before anything is waited for.
	subscribed := &pb.Subscribed{Epoch: log.Epoch(), LastEventId: &last, Ended: ended}
	if err := stream.Send(&pb.WatchJobResponse{Message: &pb.WatchJobResponse_Subscribed{Subscribed: subscribed}}); err != nil {
		return err
	}

	for replays := request.AfterEventId != nil; replays; { // once at least, also with nothing in it (rule 2)
		events := batch(log, cursor, last)
		cursor += int64(len(events))
		replays = cursor < last
		replay := &pb.Replay{Events: events, HasMore: replays}
		if err := stream.Send(&pb.WatchJobResponse{Message: &pb.WatchJobResponse_Replay{Replay: replay}}); err != nil {
			return err
		}
	}
	if request.HistoryOnly || ended { // rules 4 and 6
		return nil
	}
	return o.follow(log, cursor, stream)
}

// History and live are the same read after the same cursor, so there is no seam to lose an event in, and a slow watcher
// costs a number and not a queue.
func (o *Optimizer) follow(log Log, cursor int64, stream pb.OptimizerService_WatchJobServer) error {
	silence := time.NewTicker(o.heartbeat)
	defer silence.Stop()
	for {
		last, _, appended := log.State() // one look, so that no append falls between them
		for cursor < last {
			event := log.Event(cursor + 1)
			if err := stream.Send(&pb.WatchJobResponse{Message: &pb.WatchJobResponse_Event{Event: event}}); err != nil {
				return err
			}
			cursor = event.Id
			if isTerminal(event) {
				return nil
			}
		}
		silence.Reset(o.heartbeat)
		select {
		case <-appended:
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-silence.C:
			sent := cursor // what this stream has sent, not what the log has (rule 8)
			heartbeat := &pb.Heartbeat{LastEventId: &sent}
			if err := stream.Send(&pb.WatchJobResponse{Message: &pb.WatchJobResponse_Heartbeat{Heartbeat: heartbeat}}); err != nil {
				return err
			}
		}
	}
}

// batch is at most 500 events and 1 MiB, but one event at least.
func batch(log Log, after, upTo int64) []*pb.JobEvent {
	var events []*pb.JobEvent
	for id, size := after+1, 0; id <= upTo && len(events) < maxBatchEvents; id++ {
		event := log.Event(id)
		size += proto.Size(event) + 8 // and its tag and length
		if len(events) > 0 && size > maxBatchBytes {
			break
		}
		events = append(events, event)
	}
	return events
}
