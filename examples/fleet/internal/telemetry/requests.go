package telemetry

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// Requests measures what a server answers, over HTTP and gRPC alike.
type Requests struct {
	seconds *prometheus.HistogramVec
}

// NewRequests registers the metrics of a server.
func NewRequests(registry prometheus.Registerer) *Requests {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "fleet_request_seconds",
		Help:    "Time to answer a request, by protocol, route and status.",
		Buckets: []float64{.001, .005, .025, .1, .5, 2.5},
	}, []string{"protocol", "route", "status"})
	registry.MustRegister(seconds)
	return &Requests{seconds: seconds}
}

// HTTP measures requests. It asks route for a request's name after the request
// was answered: routers know it only then.
func (m *Requests) HTTP(route func(*http.Request) string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
			next.ServeHTTP(recorder, r)
			m.observe("http", route(r), strconv.Itoa(recorder.status), start)
		})
	}
}

// Unary measures gRPC calls.
func (m *Requests) Unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	start := time.Now()
	response, err := next(ctx, request)
	m.observe("grpc", info.FullMethod, status.Code(err).String(), start)
	return response, err
}

func (m *Requests) observe(protocol, route, status string, start time.Time) {
	m.seconds.WithLabelValues(protocol, route, status).Observe(time.Since(start).Seconds())
}

// statusRecorder remembers the status that a handler answers with.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer underneath.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
