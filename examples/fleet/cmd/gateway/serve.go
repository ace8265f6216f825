package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
)

// gateway runs an HTTP and a gRPC server that start and stop together.
type gateway struct {
	http   *http.Server
	grpc   *grpc.Server
	health *health.Server
	grace  time.Duration
}

// serve answers until ctx is done or a server fails, and then lets the
// requests under way finish, for at most the time of grace.
func (g *gateway) serve(ctx context.Context, httpListener, grpcListener net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := g.http.Serve(httpListener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("http: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		if err := g.grpc.Serve(grpcListener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			return fmt.Errorf("grpc: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return g.stop()
	})
	return group.Wait()
}

func (g *gateway) stop() error {
	slog.Info("gateway stopping", "grace", g.grace)
	ctx, cancel := context.WithTimeout(context.Background(), g.grace)
	defer cancel()
	g.health.Shutdown()
	stopGRPC(ctx, g.grpc)
	if err := g.http.Shutdown(ctx); err != nil {
		return fmt.Errorf("http shutdown: %w", err)
	}
	return nil
}

// stopGRPC waits for calls under way and cuts them off when ctx is done.
func stopGRPC(ctx context.Context, server *grpc.Server) {
	cutOff := context.AfterFunc(ctx, server.Stop)
	defer cutOff()
	server.GracefulStop()
}
