// Gateway is the fleet's hub: workers report to it over gRPC, people and
// Prometheus read from it over HTTP.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/fleet/internal/buildinfo"
	"example.com/fleet/internal/config"
	"example.com/fleet/internal/inventory"
	"example.com/fleet/internal/store"
	"example.com/fleet/internal/telemetry"
	"example.com/fleet/internal/web"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, env config.Lookup, stdout io.Writer) error {
	settings, err := config.ParseGateway(args, env, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if settings.Version {
		_, err := fmt.Fprintln(stdout, buildinfo.Line("gateway", version))
		return err
	}
	return runGateway(ctx, settings)
}

func runGateway(ctx context.Context, settings config.Gateway) error {
	devices, err := store.Open(settings.Database)
	if err != nil {
		return err
	}
	defer devices.Close()
	gateway, err := newGateway(inventory.New(devices, settings.Interval, time.Now), settings.Grace)
	if err != nil {
		return err
	}
	httpListener, err := net.Listen("tcp", settings.HTTPAddr)
	if err != nil {
		return err
	}
	grpcListener, err := net.Listen("tcp", settings.GRPCAddr)
	if err != nil {
		httpListener.Close()
		return err
	}
	slog.Info("gateway started", "version", version, "http", httpListener.Addr(), "grpc", grpcListener.Addr())
	return gateway.serve(ctx, httpListener, grpcListener)
}

// newGateway puts the HTTP and the gRPC server before one inventory.
func newGateway(inv *inventory.Inventory, grace time.Duration) (*gateway, error) {
	site, err := web.New()
	if err != nil {
		return nil, err
	}
	registry := telemetry.NewRegistry("gateway", version)
	telemetry.WatchDevices(registry, inv.Summary)
	requests := telemetry.NewRequests(registry)
	rpc, health := newGRPCServer(inv, requests)
	return &gateway{
		http:   newHTTPServer(&pages{inventory: inv, site: site}, registry, requests),
		grpc:   rpc,
		health: health,
		grace:  grace,
	}, nil
}
