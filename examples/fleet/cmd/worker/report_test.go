package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"example.com/fleet/internal/backoff"
	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/hostinfo"
	"example.com/fleet/internal/telemetry"
)

// fakeGateway remembers the calls and fails heartbeats with beatErr.
type fakeGateway struct {
	fleetpb.FleetServiceClient
	calls   []string
	device  *fleetpb.RegisterRequest
	beatErr error
}

func (f *fakeGateway) Register(_ context.Context, r *fleetpb.RegisterRequest, _ ...grpc.CallOption) (*fleetpb.RegisterResponse, error) {
	f.calls = append(f.calls, "register")
	f.device = r
	return &fleetpb.RegisterResponse{}, nil
}

func (f *fakeGateway) Heartbeat(context.Context, *fleetpb.HeartbeatRequest, ...grpc.CallOption) (*fleetpb.HeartbeatResponse, error) {
	f.calls = append(f.calls, "heartbeat")
	return &fleetpb.HeartbeatResponse{Interval: durationpb.New(time.Minute)}, f.beatErr
}

func TestDeviceRegistersOnce(t *testing.T) {
	gateway := &fakeGateway{}
	r := newReporter(gateway, "", hostinfo.Info{Hostname: "pump-1", CPUs: 4})
	for range 2 {
		if wait, err := r.report(t.Context()); err != nil || wait != time.Minute {
			t.Fatalf("got %s, %v", wait, err)
		}
	}
	if want := []string{"register", "heartbeat", "heartbeat"}; !slices.Equal(gateway.calls, want) {
		t.Errorf("calls %v, want %v", gateway.calls, want)
	}
	if gateway.device.GetName() != "pump-1" || gateway.device.GetHost().GetCpus() != 4 {
		t.Errorf("registered as %v", gateway.device)
	}
}

func TestForgottenDeviceRegistersAgain(t *testing.T) {
	gateway := &fakeGateway{beatErr: status.Error(codes.NotFound, "who?")}
	r := newReporter(gateway, "pump-1", hostinfo.Info{})
	if _, err := r.report(t.Context()); status.Code(err) != codes.NotFound {
		t.Fatalf("got %v", err)
	}
	gateway.beatErr = nil
	if _, err := r.report(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"register", "heartbeat", "register", "heartbeat"}; !slices.Equal(gateway.calls, want) {
		t.Errorf("calls %v, want %v", gateway.calls, want)
	}
}

func TestOtherFailuresKeepTheRegistration(t *testing.T) {
	gateway := &fakeGateway{beatErr: status.Error(codes.Unavailable, "busy")}
	r := newReporter(gateway, "pump-1", hostinfo.Info{})
	for range 2 {
		if _, err := r.report(t.Context()); err == nil {
			t.Fatal("a failed heartbeat was no error")
		}
	}
	if want := []string{"register", "heartbeat", "heartbeat"}; !slices.Equal(gateway.calls, want) {
		t.Errorf("calls %v, want %v", gateway.calls, want)
	}
}

func TestReportsAreRetriedUntilTheWorkerIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	attempts := 0
	report := func(context.Context) (time.Duration, error) {
		attempts++
		if attempts == 3 {
			cancel()
		}
		return 0, errors.New("no route")
	}
	beats := telemetry.NewHeartbeats(prometheus.NewRegistry())
	keepReporting(ctx, report, beats, backoff.Backoff{First: time.Nanosecond, Most: time.Nanosecond})
	if attempts != 3 {
		t.Errorf("%d attempts, want 3", attempts)
	}
}

func TestVersionIsPrinted(t *testing.T) {
	var out strings.Builder
	none := func(string) (string, bool) { return "", false }
	if err := run(t.Context(), []string{"--version"}, none, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "worker dev (") {
		t.Errorf("got %q", out.String())
	}
}
