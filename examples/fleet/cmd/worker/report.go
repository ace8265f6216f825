package main

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"example.com/fleet/internal/backoff"
	"example.com/fleet/internal/buildinfo"
	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/hostinfo"
	"example.com/fleet/internal/telemetry"
)

// callTimeout bounds one call to the gateway.
const callTimeout = 5 * time.Second

// reporter tells the gateway about this device.
type reporter struct {
	gateway    fleetpb.FleetServiceClient
	device     *fleetpb.RegisterRequest
	registered bool
}

// newReporter describes the device; without a name it is called as its host.
func newReporter(gateway fleetpb.FleetServiceClient, name string, info hostinfo.Info) *reporter {
	return &reporter{gateway: gateway, device: &fleetpb.RegisterRequest{
		Name:    cmp.Or(name, info.Hostname),
		Version: version,
		Host: &fleetpb.Host{
			Platform:    buildinfo.Platform(),
			Release:     info.Release,
			Board:       info.Board,
			Resolver:    info.Resolver,
			Cpus:        uint32(info.CPUs),
			MemoryBytes: info.MemoryBytes,
		},
	}}
}

// report registers the device if the gateway does not know it yet, and then
// sends one heartbeat. It returns when the gateway wants to hear again.
func (r *reporter) report(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if !r.registered {
		if _, err := r.gateway.Register(ctx, r.device); err != nil {
			return 0, err
		}
		r.registered = true
	}
	uptime, _ := hostinfo.Uptime() // zero where it is not known
	beat := &fleetpb.HeartbeatRequest{Name: r.device.GetName(), Uptime: durationpb.New(uptime)}
	response, err := r.gateway.Heartbeat(ctx, beat)
	if err != nil {
		// A gateway that lost or dropped the device wants it registered again.
		r.registered = status.Code(err) != codes.NotFound
		return 0, err
	}
	return response.GetInterval().AsDuration(), nil
}

// keepReporting reports until ctx is done: after a success when the gateway
// asked for it, after a failure when the backoff says so.
func keepReporting(
	ctx context.Context,
	report func(context.Context) (time.Duration, error),
	beats *telemetry.Heartbeats,
	retry backoff.Backoff,
) {
	for ctx.Err() == nil {
		wait, err := report(ctx)
		if ctx.Err() != nil {
			return // the report was cut short, it did not fail
		}
		beats.Sent(err)
		if err != nil {
			wait = retry.Next()
			slog.Warn("report failed", "error", err, "retry_in", wait)
		} else {
			retry.Reset()
			wait = max(wait, time.Second) // whatever the gateway says
		}
		pause(ctx, wait)
	}
}

// pause waits for d, or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
