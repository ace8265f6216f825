package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"example.com/fleet/internal/api"
	"example.com/fleet/internal/buildinfo"
	"example.com/fleet/internal/inventory"
	"example.com/fleet/internal/telemetry"
	"example.com/fleet/internal/web"
)

func newHTTPServer(p *pages, registry *prometheus.Registry, requests *telemetry.Requests) *http.Server {
	router := chi.NewRouter()
	router.Use(requests.HTTP(routeOf), middleware.Recoverer)
	router.Get("/", p.statusPage)
	router.Get("/healthz", p.healthz)
	router.Get(api.StatusPath, p.status)
	router.Get(api.DevicesPath, p.devices)
	router.Get(api.DevicesPath+"/{name}", p.device)
	router.Handle("/metrics", telemetry.Handler(registry))
	router.Handle("/assets/*", http.StripPrefix("/assets", p.site.Assets()))
	return &http.Server{Handler: router, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
}

// routeOf names a request by its pattern, so that metrics do not grow with
// the number of devices.
func routeOf(r *http.Request) string {
	if pattern := chi.RouteContext(r.Context()).RoutePattern(); pattern != "" {
		return pattern
	}
	return "none"
}

// pages answers what people and fleetctl ask about the inventory.
type pages struct {
	inventory *inventory.Inventory
	site      *web.Site
}

func (p *pages) statusPage(w http.ResponseWriter, _ *http.Request) {
	devices, err := p.inventory.Devices()
	if err != nil {
		writeError(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page := web.Page{Version: version, Summary: inventory.Count(devices), Devices: devices}
	if err := p.site.Render(w, page); err != nil {
		slog.Error("status page", "error", err)
	}
}

// healthz says whether the gateway can answer: it reads from the store.
func (p *pages) healthz(w http.ResponseWriter, _ *http.Request) {
	if _, err := p.inventory.Summary(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ok\n")
}

func (p *pages) status(w http.ResponseWriter, _ *http.Request) {
	summary, err := p.inventory.Summary()
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, api.Status{Version: version, Platform: buildinfo.Platform(), Devices: summary})
}

func (p *pages) devices(w http.ResponseWriter, _ *http.Request) {
	devices, err := p.inventory.Devices()
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, devices)
}

func (p *pages) device(w http.ResponseWriter, r *http.Request) {
	device, err := p.inventory.Device(chi.URLParam(r, "name"))
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, device)
}

func writeError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if errors.Is(err, inventory.ErrNotFound) {
		status = http.StatusNotFound
	}
	writeJSON(w, status, api.Error{Error: err.Error()})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		slog.Error("write answer", "error", err)
	}
}
