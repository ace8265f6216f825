package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Heartbeats counts a worker's reports.
type Heartbeats struct {
	total *prometheus.CounterVec
}

// NewHeartbeats registers the metrics of a worker.
func NewHeartbeats(registry prometheus.Registerer) *Heartbeats {
	total := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "fleet_heartbeats_total",
		Help: "Reports to the gateway, by result.",
	}, []string{"result"})
	registry.MustRegister(total)
	return &Heartbeats{total: total}
}

// Sent counts one report that ended with err.
func (h *Heartbeats) Sent(err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	h.total.WithLabelValues(result).Inc()
}
