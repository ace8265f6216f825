// Worker runs on every device of the fleet and tells the gateway that the
// device is there, what it is, and that it is alive.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/fleet/internal/backoff"
	"example.com/fleet/internal/buildinfo"
	"example.com/fleet/internal/config"
	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/hostinfo"
	"example.com/fleet/internal/rpc"
	"example.com/fleet/internal/telemetry"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, env config.Lookup, stdout io.Writer) error {
	settings, err := config.ParseWorker(args, env, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if settings.Version {
		_, err := fmt.Fprintln(stdout, buildinfo.Line("worker", version))
		return err
	}
	return runWorker(ctx, settings)
}

func runWorker(ctx context.Context, settings config.Worker) error {
	registry := telemetry.NewRegistry("worker", version)
	beats := telemetry.NewHeartbeats(registry)
	if settings.MetricsAddr != "" {
		listener, err := net.Listen("tcp", settings.MetricsAddr)
		if err != nil {
			return err
		}
		metrics := &http.Server{Handler: telemetry.Handler(registry), ReadHeaderTimeout: 5 * time.Second}
		defer metrics.Close()
		go metrics.Serve(listener)
	}
	connection, err := rpc.Dial(settings.GRPCAddr)
	if err != nil {
		return err
	}
	defer connection.Close()
	reporter := newReporter(fleetpb.NewFleetServiceClient(connection), settings.Name, hostinfo.Collect())
	if settings.Once {
		_, err := reporter.report(ctx)
		return err
	}
	slog.Info("worker started", "version", version, "device", reporter.device.GetName(), "gateway", settings.GRPCAddr)
	keepReporting(ctx, reporter.report, beats, backoff.Backoff{First: time.Second, Most: time.Minute})
	slog.Info("worker stopped")
	return nil
}
