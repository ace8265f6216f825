package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"example.com/fleet/internal/api"
	"example.com/fleet/internal/config"
	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/inventory"
	"example.com/fleet/internal/rpc"
	"example.com/fleet/internal/store"
)

// gateway starts a stand-in for cmd/gateway with two devices, one of them
// offline, and returns where it listens.
func gateway(t *testing.T) config.Client {
	t.Helper()
	clock := time.Now().Add(-time.Hour)
	inv := inventory.New(store.NewMemory(), time.Minute, func() time.Time { return clock })
	add(t, inv, "old")
	clock = time.Now()
	add(t, inv, "new")
	return config.Client{HTTPAddr: serveHTTP(t), GRPCAddr: serveGRPC(t, inv)}
}

func add(t *testing.T, inv *inventory.Inventory, name string) {
	t.Helper()
	host := inventory.Host{Platform: "linux/arm64", MemoryBytes: 4 << 30}
	if err := inv.Register(name, "1.0", host); err != nil {
		t.Fatal(err)
	}
}

func serveHTTP(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+api.StatusPath, func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(api.Status{Version: "9.9", Platform: "linux/amd64", Devices: inventory.Summary{Online: 1, Offline: 1}})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func serveGRPC(t *testing.T, inv *inventory.Inventory) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	fleetpb.RegisterFleetServiceServer(server, rpc.NewServer(inv))
	healthpb.RegisterHealthServer(server, health.NewServer())
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func fleetctl(t *testing.T, at config.Client, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	root := newRoot(at)
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(io.Discard)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestStatusAsTable(t *testing.T) {
	got, err := fleetctl(t, gateway(t), "status")
	want := "VERSION  PLATFORM     ONLINE  OFFLINE  WORKERS\n9.9      linux/amd64  1       1        serving\n"
	if err != nil || got != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestDevicesAsTable(t *testing.T) {
	got, err := fleetctl(t, gateway(t), "devices", "list")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "new   online   linux/arm64  -      4.0 GiB  1.0") || !strings.HasSuffix(lines[2], "1h ago  0s") {
		t.Errorf("got\n%s", got)
	}
}

func TestOfflineDevicesAsJSON(t *testing.T) {
	got, err := fleetctl(t, gateway(t), "devices", "list", "--offline", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var devices []deviceValue
	if err := json.Unmarshal([]byte(got), &devices); err != nil {
		t.Fatalf("%v in\n%s", err, got)
	}
	if len(devices) != 1 || devices[0].Name != "old" || devices[0].State != "offline" {
		t.Errorf("got %+v", devices)
	}
}

func TestForgottenDeviceIsGone(t *testing.T) {
	at := gateway(t)
	if _, err := fleetctl(t, at, "devices", "forget", "old"); err != nil {
		t.Fatal(err)
	}
	if got, err := fleetctl(t, at, "devices", "list"); err != nil || strings.Contains(got, "old") {
		t.Errorf("got %v\n%s", err, got)
	}
	if _, err := fleetctl(t, at, "devices", "forget", "old"); err == nil || !strings.Contains(err.Error(), "no such device") {
		t.Errorf("second forget: %v", err)
	}
}

func TestUnknownFormatIsRefused(t *testing.T) {
	if _, err := fleetctl(t, config.Client{}, "version", "-o", "xml"); err == nil || !strings.Contains(err.Error(), "want table or json") {
		t.Errorf("got %v", err)
	}
}

func TestVersionIsPrintedEitherWay(t *testing.T) {
	for _, arg := range []string{"version", "--version"} {
		if got, err := fleetctl(t, config.Client{}, arg); err != nil || !strings.HasPrefix(got, "fleetctl dev (") {
			t.Errorf("%s: got %q, %v", arg, got, err)
		}
	}
}
