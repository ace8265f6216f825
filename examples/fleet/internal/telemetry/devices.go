package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"example.com/fleet/internal/inventory"
)

var devicesDesc = prometheus.NewDesc("fleet_devices", "Devices of the fleet, by state.", []string{"state"}, nil)

// devices counts the fleet when it is asked, so a count is never stale.
type devices struct {
	summary func() (inventory.Summary, error)
}

// WatchDevices reports how many devices are online and offline.
func WatchDevices(registry prometheus.Registerer, summary func() (inventory.Summary, error)) {
	registry.MustRegister(devices{summary})
}

func (d devices) Describe(out chan<- *prometheus.Desc) { out <- devicesDesc }

func (d devices) Collect(out chan<- prometheus.Metric) {
	summary, err := d.summary()
	if err != nil {
		out <- prometheus.NewInvalidMetric(devicesDesc, err)
		return
	}
	gauge := func(count int, state inventory.State) {
		out <- prometheus.MustNewConstMetric(devicesDesc, prometheus.GaugeValue, float64(count), string(state))
	}
	gauge(summary.Online, inventory.Online)
	gauge(summary.Offline, inventory.Offline)
}
