// The gateway's job by hand: grpc-go, gorilla/websocket, encoding/json. Usage: peer <port> <backend's URL>
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"

	pb "optimizerv1"
)

type subscribe struct {
	Type         string `json:"type"`
	JobID        string `json:"jobId"`
	AfterEventID *int64 `json:"afterEventId"`
}

type subscribed struct {
	Type        string `json:"type"`
	JobID       string `json:"jobId"`
	Epoch       string `json:"epoch"`
	LastEventID int64  `json:"lastEventId"`
}

type event struct {
	Type  string    `json:"type"`
	JobID string    `json:"jobId"`
	Event eventView `json:"event"`
}

type replay struct {
	Type    string      `json:"type"`
	JobID   string      `json:"jobId"`
	Data    []eventView `json:"data"`
	HasMore bool        `json:"hasMore"`
}

type eventView struct {
	ID        int64                  `json:"id"`
	EventType string                 `json:"eventType"`
	Iteration int32                  `json:"iteration"`
	Stage     string                 `json:"stage"`
	Data      map[string]interface{} `json:"data"`
	Timestamp string                 `json:"timestamp"`
}

func view(e *pb.JobEvent) eventView {
	data := make(map[string]interface{}, 8)
	for name, value := range e.GetDetails().GetFields() {
		data[name] = plain(value)
	}
	eventType := "unknown"
	if done, ok := e.Payload.(*pb.JobEvent_IterationCompleted); ok {
		eventType = "iteration_completed"
		data["score"] = done.IterationCompleted.Score
	}
	return eventView{
		ID: e.Id, EventType: eventType, Iteration: e.Iteration, Stage: e.Stage, Data: data,
		Timestamp: e.Timestamp.AsTime().Format("2006-01-02T15:04:05.000Z"),
	}
}

func plain(value *structpb.Value) interface{} { return value.AsInterface() }

func main() {
	backend, err := url.Parse(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	connection, err := grpc.Dial(backend.Host, grpc.WithInsecure(), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)))
	if err != nil {
		log.Fatal(err)
	}
	optimizer := pb.NewOptimizerServiceClient(connection)
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	http.HandleFunc("/ws/optimization", func(w http.ResponseWriter, r *http.Request) {
		socket, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer socket.Close()
		var request subscribe
		if socket.ReadJSON(&request) != nil {
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go func() {
			defer socket.Close()
			watch(ctx, optimizer, socket, request)
		}()
		// Reads until the browser leaves.
		for {
			if _, _, err := socket.NextReader(); err != nil {
				return
			}
		}
	})
	server := &http.Server{Addr: "127.0.0.1:" + os.Args[1], ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func watch(ctx context.Context, optimizer pb.OptimizerServiceClient, socket *websocket.Conn, request subscribe) {
	stream, err := optimizer.WatchJob(ctx, &pb.WatchJobRequest{JobId: request.JobID, AfterEventId: request.AfterEventID})
	if err != nil {
		return
	}
	for {
		message, err := stream.Recv()
		if err != nil {
			return
		}
		if answer := translate(request.JobID, message); answer != nil {
			bytes, err := json.Marshal(answer)
			if err != nil || socket.WriteMessage(websocket.TextMessage, bytes) != nil {
				return
			}
		}
	}
}

func translate(job string, message *pb.WatchJobResponse) interface{} {
	switch m := message.Message.(type) {
	case *pb.WatchJobResponse_Subscribed:
		return subscribed{"subscribed", job, m.Subscribed.Epoch, m.Subscribed.GetLastEventId()}
	case *pb.WatchJobResponse_Replay:
		data := make([]eventView, len(m.Replay.Events))
		for i, e := range m.Replay.Events {
			data[i] = view(e)
		}
		return replay{"replay", job, data, m.Replay.HasMore}
	case *pb.WatchJobResponse_Event:
		return event{"event", job, view(m.Event)}
	}
	return nil
}
