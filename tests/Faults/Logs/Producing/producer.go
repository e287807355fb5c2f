// A producer on Go's standard library: producer SERVERS JOB PRODUCER EPOCH APPENDS BATCH
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

var servers, job, producer = strings.Split(os.Args[1], ","), os.Args[2], os.Args[3]
var epoch, appends, batch = number(os.Args[4]), number(os.Args[5]), number(os.Args[6])
var client = http.Client{Timeout: 8 * time.Second}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func end(word string) {
	fmt.Println(word)
	os.Exit(0)
}

func post(server string, sequence int, body string) (int, http.Header, string) {
	request, _ := http.NewRequest("POST", strings.TrimSuffix(server, "/")+"/jobs/"+job+"/events", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Producer-Id", producer)
	request.Header.Set("Producer-Epoch", fmt.Sprint(epoch))
	request.Header.Set("Producer-Seq", fmt.Sprint(sequence))
	answer, err := client.Do(request)
	if err != nil {
		return 0, nil, ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil, ""
	}
	return answer.StatusCode, answer.Header, string(text)
}

func send(sequence, count int, body string) {
	unknown := false
	for attempt := rand.Intn(len(servers)); ; attempt++ {
		status, headers, text := post(servers[attempt%len(servers)], sequence, body)
		switch {
		case status == 200:
			fmt.Println("made", sequence, count, headers.Get("Stream-Next-Offset"))
			return
		case status == 204:
			fmt.Println("repeat", sequence, count, headers.Get("Stream-Next-Offset"))
			return
		case status == 403 || status == 409:
			if !unknown {
				fmt.Println("refused", sequence, count, status, strings.ReplaceAll(text, "\n", " "))
			}
			if status == 403 {
				end("fenced")
			}
			if headers.Get("Stream-Closed") != "" {
				end("ended")
			}
			end("gap")
		case status == 400 && strings.Contains(text, "must begin with sequence 0"):
			end("gap") // The log went back behind the beginning of this run.
		case status == 400:
			fmt.Fprintln(os.Stderr, text)
			os.Exit(1)
		}
		unknown = unknown || status != 429
		time.Sleep(50 * time.Millisecond)
	}
}

func main() {
	rand.Seed(time.Now().UnixNano())
	for sequence := 0; sequence < appends; sequence++ {
		count := 1 + rand.Intn(batch)
		events := make([]map[string]any, count)
		for i := range events {
			kind, score := "iteration_completed", "score"
			if sequence == appends-1 && i == count-1 {
				kind, score = "job_completed", "finalScore"
			}
			data := map[string]any{score: 0.5, "p": producer, "e": epoch, "s": sequence, "i": i}
			events[i] = map[string]any{"eventType": kind, "iteration": sequence + 1, "data": data}
		}
		body, _ := json.Marshal(events)
		send(sequence, count, string(body))
		time.Sleep(time.Duration(5+rand.Intn(55)) * time.Millisecond)
	}
	end("ended")
}
