package main

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/inventory"
	"example.com/fleet/internal/rpc"
	"example.com/fleet/internal/telemetry"
)

// newGRPCServer serves the fleet's own service and gRPC's standard health
// service, which says SERVING until the returned health server is shut down.
func newGRPCServer(inv *inventory.Inventory, requests *telemetry.Requests) (*grpc.Server, *health.Server) {
	server := grpc.NewServer(grpc.UnaryInterceptor(requests.Unary))
	fleetpb.RegisterFleetServiceServer(server, rpc.NewServer(inv))
	healthServer := health.NewServer()
	healthpb.RegisterHealthServer(server, healthServer)
	return server, healthServer
}
