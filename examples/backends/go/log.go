package main

// The log: one file a job, one line an event, in protobuf's JSON; the first line is the epoch.

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	pb "optimizerv1"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Log is one job's events, as WatchJob needs them. Ids count from 1, without holes.
type Log interface {
	Epoch() string
	// State is where the log stands, and a channel that the next append closes: both taken in one look.
	State() (last int64, ended bool, appended <-chan struct{})
	Event(id int64) *pb.JobEvent
}

// JobLog is a log in a file.
type JobLog struct {
	epoch string
	file  *os.File

	mu       sync.Mutex // the one order of writers and watchers
	events   []*pb.JobEvent
	job      *pb.Job // what the events say, without the id
	appended chan struct{}
}

// OpenLog reads a log whole: right for some 100,000 events a job; beyond that keep offsets and read the file.
func OpenLog(path string) (*JobLog, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		text = []byte(fmt.Sprintf("%x-%x\n", time.Now().UnixNano(), rand.Uint64()))
		if _, err := file.Write(text); err != nil {
			return nil, err
		}
		if err := syncFolder(filepath.Dir(path)); err != nil { // the file's name, too, must be on disk
			return nil, err
		}
	}
	// A crash can leave half a line. It was never sent, so it may go; what follows must not be glued to it.
	whole := bytes.LastIndexByte(text, '\n') + 1
	if err := file.Truncate(int64(whole)); err != nil {
		return nil, err
	}
	if err := file.Sync(); err != nil { // what is read here may be sent: on disk first, not in a cache (rule 5)
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text[:whole]), "\n"), "\n")
	log := &JobLog{epoch: lines[0], file: file, job: &pb.Job{}, appended: make(chan struct{})}
	for _, line := range lines[1:] {
		event := &pb.JobEvent{}
		if err := protojson.Unmarshal([]byte(line), event); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		log.events = append(log.events, event)
		describe(log.job, event)
	}
	return log, nil
}

func (l *JobLog) Epoch() string { return l.epoch }

func (l *JobLog) State() (int64, bool, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := int64(len(l.events))
	return last, last > 0 && isTerminal(l.events[last-1]), l.appended
}

func (l *JobLog) Event(id int64) *pb.JobEvent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[id-1]
}

// Job is what the events say.
func (l *JobLog) Job(jobID string) *pb.Job {
	l.mu.Lock()
	defer l.mu.Unlock()
	job := proto.Clone(l.job).(*pb.Job)
	job.JobId = jobID
	return job
}

// Append writes to disk first and tells the watchers then: an event that was seen can't be lost, so the epoch can stay
// through every restart. If the disk fails the process ends, and the next one finds a log that is in order.
func (l *JobLog) Append(event *pb.JobEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := int64(len(l.events))
	event.Id, event.PreviousId = last+1, &last // previous_id lets the gateway prove that nothing is missing
	event.Timestamp = timestamppb.Now()
	line, err := protojson.Marshal(event)
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		panic(err)
	}
	l.events = append(l.events, event)
	describe(l.job, event)
	close(l.appended)
	l.appended = make(chan struct{})
}

// LoadLog is load-<n>: n events that exist already, computed, for tests.
type LoadLog int64

var loadName = regexp.MustCompile(`^load-([1-9]\d{0,6})$`)

func findLoad(jobID string) (Log, bool) {
	match := loadName.FindStringSubmatch(jobID)
	if match == nil {
		return nil, false
	}
	count, _ := strconv.ParseInt(match[1], 10, 64)
	return LoadLog(count), true
}

func (n LoadLog) Epoch() string                         { return "load-v1" }
func (n LoadLog) State() (int64, bool, <-chan struct{}) { return int64(n), true, nil }

func (n LoadLog) Event(id int64) *pb.JobEvent {
	previous := id - 1
	event := &pb.JobEvent{Id: id, PreviousId: &previous, Iteration: int32(previous), Stage: "load"}
	event.Timestamp = timestamppb.New(time.UnixMilli(1_767_225_600_000 + id))
	switch id {
	case int64(n):
		event.Payload = &pb.JobEvent_JobCompleted{JobCompleted: &pb.JobCompleted{FinalScore: 1}}
	case 1:
		event.Payload = &pb.JobEvent_JobStarted{JobStarted: &pb.JobStarted{PromptId: "load"}}
	default:
		event.Payload = &pb.JobEvent_IterationCompleted{IterationCompleted: &pb.IterationCompleted{Score: float64(id) / float64(n)}}
	}
	return event
}

func isTerminal(event *pb.JobEvent) bool {
	failed := event.GetJobFailed()
	return event.GetJobCompleted() != nil || event.GetJobCancelled() != nil || failed != nil && !failed.WillRetry
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
