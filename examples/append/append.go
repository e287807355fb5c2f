// Appends a job's events, each request until it is answered: go run append.go http://127.0.0.1:5010/jobs/mine/events
package main

import "fmt"
import "net/http"
import "os"
import "strings"
import "time"

func main() {
	if len(os.Args) != 2 {
		println("Usage: go run append.go http://127.0.0.1:5010/jobs/mine/events")
		os.Exit(2)
	}
	events := []string{0: `{"eventType":"job_started","data":{"promptId":"example","datasetId":"none","config":{"maxIterations":20}}}`, 21: `{"eventType":"job_completed","data":{"resultPromptId":"example/best","finalScore":0.95}}`}
	for i := 1; i <= 20; i++ {
		events[i] = fmt.Sprintf(`{"eventType":"iteration_completed","iteration":%d,"data":{"score":%g}}`, i, 1-1/float64(i))
	}
	for client, sequence := (http.Client{Timeout: 10 * time.Second}), 0; sequence < len(events); {
		request, _ := http.NewRequest("POST", os.Args[1], strings.NewReader(events[sequence]))
		request.Header = http.Header{"Content-Type": {"application/json"}, "Producer-Id": {"go"}, "Producer-Epoch": {"0"}, "Producer-Seq": {fmt.Sprint(sequence)}}
		if answer, err := client.Do(request); err != nil || answer.StatusCode == 429 || answer.StatusCode >= 500 {
			time.Sleep(500 * time.Millisecond)
		} else if sequence++; answer.StatusCode >= 300 {
			answer.Write(os.Stderr)
			os.Exit(1)
		}
	}
}
