package telemetry

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/fleet/internal/inventory"
)

func scrape(registry *prometheus.Registry) (int, string) {
	answer := httptest.NewRecorder()
	Handler(registry).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return answer.Code, answer.Body.String()
}

func expectLines(t *testing.T, registry *prometheus.Registry, lines ...string) {
	t.Helper()
	_, text := scrape(registry)
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("metrics lack %q", line)
		}
	}
}

func TestBuildIsReported(t *testing.T) {
	expectLines(t, NewRegistry("worker", "1.2.3"), `fleet_build_info{program="worker",version="1.2.3"} 1`)
}

func TestRequestsAreCountedByRouteAndStatus(t *testing.T) {
	registry := NewRegistry("gateway", "dev")
	handler := NewRequests(registry).HTTP(func(*http.Request) string { return "/tea" })(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			io.WriteString(w, "short and stout")
		}))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/tea", nil))
	expectLines(t, registry, `fleet_request_seconds_count{protocol="http",route="/tea",status="418"} 1`)
}

func TestDevicesAreCountedAtEachScrape(t *testing.T) {
	registry := NewRegistry("gateway", "dev")
	summary := inventory.Summary{Online: 2}
	WatchDevices(registry, func() (inventory.Summary, error) { return summary, nil })
	expectLines(t, registry, `fleet_devices{state="online"} 2`, `fleet_devices{state="offline"} 0`)
	summary.Offline = 5
	expectLines(t, registry, `fleet_devices{state="offline"} 5`)
}

func TestABrokenStoreFailsTheScrape(t *testing.T) {
	registry := NewRegistry("gateway", "dev")
	WatchDevices(registry, func() (inventory.Summary, error) { return inventory.Summary{}, errors.New("disk gone") })
	if code, text := scrape(registry); code != http.StatusInternalServerError || !strings.Contains(text, "disk gone") {
		t.Errorf("got %d %s", code, text)
	}
}

func TestHeartbeatsAreCountedByResult(t *testing.T) {
	registry := NewRegistry("worker", "dev")
	beats := NewHeartbeats(registry)
	beats.Sent(nil)
	beats.Sent(nil)
	beats.Sent(errors.New("no route"))
	expectLines(t, registry, `fleet_heartbeats_total{result="ok"} 2`, `fleet_heartbeats_total{result="failed"} 1`)
}
