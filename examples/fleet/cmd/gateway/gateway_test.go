package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"example.com/fleet/internal/inventory"
	"example.com/fleet/internal/rpc"
	"example.com/fleet/internal/store"
)

// running is a gateway on free local ports that knows the device pump-1.
type running struct {
	http, grpc string
	stop       func() error
}

func start(t *testing.T) running {
	t.Helper()
	inv := inventory.New(store.NewMemory(), time.Minute, time.Now)
	if err := inv.Register("pump-1", "1.0", inventory.Host{Platform: "linux/arm/v7"}); err != nil {
		t.Fatal(err)
	}
	g, err := newGateway(inv, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	httpListener, grpcListener := listen(t), listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.serve(ctx, httpListener, grpcListener) }()
	t.Cleanup(cancel)
	return running{
		http: "http://" + httpListener.Addr().String(),
		grpc: grpcListener.Addr().String(),
		stop: func() error { cancel(); return <-done },
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestRoutes(t *testing.T) {
	g := start(t)
	for _, tt := range []struct {
		path   string
		status int
		want   string
	}{
		{"/", 200, "<td>pump-1</td>"},
		{"/healthz", 200, "ok\n"},
		{"/assets/style.css", 200, "border-collapse"},
		{"/assets/missing.css", 404, ""},
		{"/api/v1/status", 200, `"devices":{"online":1,"offline":0}`},
		{"/api/v1/devices", 200, `"state":"online"`},
		{"/api/v1/devices/pump-1", 200, `"platform":"linux/arm/v7"`},
		{"/api/v1/devices/ghost", 404, "no such device"},
		{"/nowhere", 404, ""},
		{"/metrics", 200, `fleet_devices{state="online"} 1`},
		{"/metrics", 200, `route="/api/v1/devices/{name}",status="404"} 1`},
	} {
		status, body := get(t, g.http+tt.path)
		if status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: got %d, want %d with %q:\n%s", tt.path, status, tt.status, tt.want, body)
		}
	}
}

func TestHealthIsServedOverGRPCUntilTheGatewayStops(t *testing.T) {
	g := start(t)
	connection, err := rpc.Dial(g.grpc)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	health := healthpb.NewHealthClient(connection)
	got, err := health.Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || got.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Fatalf("got %v, %v", got, err)
	}
	if err := g.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := health.Check(t.Context(), &healthpb.HealthCheckRequest{}); status.Code(err) != codes.Unavailable {
		t.Errorf("after stop: got %v", err)
	}
}

func TestVersionIsPrinted(t *testing.T) {
	var out strings.Builder
	none := func(string) (string, bool) { return "", false }
	if err := run(t.Context(), []string{"--version"}, none, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "gateway dev (") {
		t.Errorf("got %q", out.String())
	}
}
