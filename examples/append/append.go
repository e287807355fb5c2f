// Appends a job's events, each request until it is answered: go run append.go http://127.0.0.1:5010/jobs/mine/events
package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

func append(sequence int, event string, values ...any) {
	for ; ; time.Sleep(500 * time.Millisecond) {
		request, _ := http.NewRequest("POST", os.Args[1], strings.NewReader(fmt.Sprintf(event, values...)))
		request.Header = http.Header{"Content-Type": {"application/json"}, "Producer-Id": {"go"}, "Producer-Epoch": {"0"}, "Producer-Seq": {fmt.Sprint(sequence)}}
		if answer, err := http.DefaultClient.Do(request); err == nil && answer.StatusCode < 500 && answer.StatusCode != 429 {
			println(answer.Status)
			return
		}
	}
}

func main() {
	append(0, `{"eventType":"job_started","data":{"promptId":"example","datasetId":"none","config":{"maxIterations":20}}}`)
	for i := 1; i <= 20; i++ {
		append(i, `{"eventType":"iteration_completed","iteration":%d,"data":{"score":%g}}`, i, 1-1/float64(i))
	}
	append(21, `{"eventType":"job_completed","data":{"resultPromptId":"example/best","finalScore":0.95}}`)
}
