// A backend of OptimizationGateway: jobs that look for the lowest point of Rastrigin's egg box with an evolution
// strategy, a log for each (log.go), and WatchJob over the logs (watch.go).
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	pb "optimizerv1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/types/known/structpb"
)

const maxIterations = 1_000_000

func rastrigin(point []float64) float64 {
	sum := 10 * float64(len(point))
	for _, x := range point {
		sum += x*x - 10*math.Cos(2*math.Pi*x)
	}
	return sum
}

// 1: found.
func score(point []float64) float64 { return 1 / (1 + rastrigin(point)) }

// One parent, 40 children; the step grows where a fifth of them or more are better, and shrinks otherwise (Rechenberg's rule).
func improve(point []float64, step float64) ([]float64, float64) {
	best, better := point, 0
	for child := 0; child < 40; child++ {
		other := make([]float64, len(point))
		for i, x := range point {
			other[i] = x + rand.NormFloat64()*step
		}
		if rastrigin(other) < rastrigin(point) {
			better++
		}
		if rastrigin(other) < rastrigin(best) {
			best = other
		}
	}
	if better >= 8 {
		return best, step * 1.3
	}
	return best, math.Max(step*0.9, 1e-6)
}

// All it needs is in its log, so a job goes on after a restart from where its last event says it was.
func run(events *JobLog) {
	config := events.Event(1).GetJobStarted().Config.Fields
	last, _, _ := events.State()
	iteration, step := events.Event(last).Iteration, events.Event(last).Details.Fields["step"].GetNumberValue()
	var point []float64
	for _, x := range events.Event(last).Details.Fields["point"].GetListValue().Values {
		point = append(point, x.GetNumberValue())
	}
	for float64(iteration) < config["iterations"].GetNumberValue() {
		time.Sleep(time.Duration(config["delayMs"].GetNumberValue()) * time.Millisecond)
		point, step = improve(point, step)
		iteration++
		completed := &pb.IterationCompleted{Score: score(point)}
		events.Append(&pb.JobEvent{
			Iteration: iteration, Stage: "search", Details: state(point, step),
			Payload: &pb.JobEvent_IterationCompleted{IterationCompleted: completed},
		})
	}
	completed := &pb.JobCompleted{ResultPromptId: fmt.Sprintf("%.4f", point), FinalScore: score(point)}
	events.Append(&pb.JobEvent{Iteration: iteration, Stage: "done", Payload: &pb.JobEvent_JobCompleted{JobCompleted: completed}})
}

func state(point []float64, step float64) *structpb.Struct {
	var list []interface{}
	for _, x := range point {
		list = append(list, x)
	}
	return must(structpb.NewStruct(map[string]interface{}{"point": list, "step": step}))
}

func main() {
	listen := flag.String("listen", "127.0.0.1:5001", "WatchJob")
	jobs := flag.String("jobs", "127.0.0.1:5002", "POST /jobs")
	data := flag.String("data", "data", "folder of the logs")
	heartbeat := flag.Float64("heartbeat", 15, "seconds; rule 8")
	flag.Parse()
	rand.Seed(time.Now().UnixNano())

	var logs sync.Map // job id to *JobLog: a job id comes from outside and must never become a path
	check(os.MkdirAll(*data, 0o700))
	for _, path := range must(filepath.Glob(filepath.Join(*data, "*.jsonl"))) {
		events := must(OpenLog(path))
		last, ended, _ := events.State()
		if last == 0 {
			continue // killed between the file and its first event: nobody has heard of it
		}
		logs.Store(strings.TrimSuffix(filepath.Base(path), ".jsonl"), events)
		if !ended {
			go run(events)
		}
	}

	startJob := func(iterations, delayMs float64) string {
		jobID := fmt.Sprintf("eggs-%08x", rand.Uint32())
		events := must(OpenLog(filepath.Join(*data, jobID+".jsonl")))
		point := make([]float64, 4)
		for i := range point {
			point[i] = rand.Float64()*8 - 4
		}
		config := must(structpb.NewStruct(map[string]interface{}{"iterations": iterations, "delayMs": delayMs}))
		started := &pb.JobStarted{PromptId: "point", DatasetId: "rastrigin-4", Config: config}
		events.Append(&pb.JobEvent{Details: state(point, 1), Payload: &pb.JobEvent_JobStarted{JobStarted: started}})
		logs.Store(jobID, events)
		go run(events)
		return jobID
	}

	optimizer := &Optimizer{
		heartbeat: time.Duration(*heartbeat * float64(time.Second)),
		find: func(jobID string) (Log, bool) {
			if load, isLoad := findLoad(jobID); isLoad {
				return load, true
			}
			if events, found := logs.Load(jobID); found {
				return events.(*JobLog), true
			}
			return nil, false
		},
	}

	// POST /jobs?iterations=50&delayMs=200 answers with the job's id; GET /watches with how many streams are open.
	http.HandleFunc("/jobs", func(answer http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodPost {
			http.Error(answer, "POST starts a job", http.StatusMethodNotAllowed)
			return
		}
		number := func(name string, otherwise float64) float64 {
			if value, err := strconv.ParseFloat(request.FormValue(name), 64); err == nil {
				return math.Min(value, maxIterations)
			}
			return otherwise
		}
		fmt.Fprintln(answer, startJob(number("iterations", 50), number("delayMs", 200)))
	})
	http.HandleFunc("/watches", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, atomic.LoadInt64(&optimizer.watches))
	})
	jobsListener := must(net.Listen("tcp", *jobs))
	go func() { log.Fatal(http.Serve(jobsListener, nil)) }()

	// By default a watcher that pings more often than every five minutes is thrown out (too_many_pings).
	server := grpc.NewServer(grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}))
	pb.RegisterOptimizerServiceServer(server, optimizer)
	pb.RegisterJobsServiceServer(server, &Jobs{all: func() (all []*pb.Job) {
		logs.Range(func(jobID, events interface{}) bool {
			all = append(all, events.(*JobLog).Job(jobID.(string)))
			return true
		})
		return all
	}})
	listener := must(net.Listen("tcp", *listen))
	fmt.Printf("WatchJob at http://%s, POST http://%s/jobs starts a job\n", *listen, *jobs)
	log.Fatal(server.Serve(listener))
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
