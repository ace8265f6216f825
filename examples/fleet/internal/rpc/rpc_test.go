package rpc

import (
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/inventory"
	"example.com/fleet/internal/store"
)

// client talks to a server on a free local port, over an empty inventory.
func client(t *testing.T) fleetpb.FleetServiceClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	fleetpb.RegisterFleetServiceServer(server, NewServer(inventory.New(store.NewMemory(), time.Minute, time.Now)))
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	connection, err := Dial(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return fleetpb.NewFleetServiceClient(connection)
}

func TestRegisteredDevicesAreListed(t *testing.T) {
	fleet := client(t)
	host := &fleetpb.Host{Platform: "linux/arm64", Board: "Pi", Cpus: 4, MemoryBytes: 1 << 30}
	registered, err := fleet.Register(t.Context(), &fleetpb.RegisterRequest{Name: "pump-1", Version: "1.0", Host: host})
	if err != nil || registered.GetInterval().AsDuration() != time.Minute {
		t.Fatalf("register: %v, %v", registered, err)
	}
	beat := &fleetpb.HeartbeatRequest{Name: "pump-1", Uptime: durationpb.New(time.Hour)}
	if _, err := fleet.Heartbeat(t.Context(), beat); err != nil {
		t.Fatal(err)
	}
	list, err := fleet.ListDevices(t.Context(), &fleetpb.ListDevicesRequest{})
	if err != nil || len(list.GetDevices()) != 1 {
		t.Fatalf("list: %v, %v", list, err)
	}
	got := list.GetDevices()[0]
	if StateName(got.GetState()) != "online" || got.GetHost().GetBoard() != "Pi" || got.GetUptime().AsDuration() != time.Hour {
		t.Errorf("got %v", got)
	}
}

func TestErrorsHaveTheirCode(t *testing.T) {
	fleet := client(t)
	_, heartbeat := fleet.Heartbeat(t.Context(), &fleetpb.HeartbeatRequest{Name: "ghost"})
	_, forget := fleet.ForgetDevice(t.Context(), &fleetpb.ForgetDeviceRequest{Name: "ghost"})
	_, register := fleet.Register(t.Context(), &fleetpb.RegisterRequest{Name: "not a name"})
	for _, tt := range []struct {
		call string
		err  error
		want codes.Code
	}{
		{"heartbeat", heartbeat, codes.NotFound},
		{"forget", forget, codes.NotFound},
		{"register", register, codes.InvalidArgument},
	} {
		if got := status.Code(tt.err); got != tt.want {
			t.Errorf("%s: got %s (%v), want %s", tt.call, got, tt.err, tt.want)
		}
	}
}

func TestUnknownStatesHaveAName(t *testing.T) {
	if got := StateName(fleetpb.State_STATE_UNSPECIFIED); got != "unknown" {
		t.Errorf("got %q", got)
	}
}
