// Package rpc is the fleet's gRPC service: the server over an inventory, and
// the way to dial it.
package rpc

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/inventory"
)

// Server answers fleetpb.FleetService from an inventory.
type Server struct {
	fleetpb.UnimplementedFleetServiceServer
	inventory *inventory.Inventory
}

// NewServer makes a server over inv.
func NewServer(inv *inventory.Inventory) *Server { return &Server{inventory: inv} }

func (s *Server) Register(_ context.Context, r *fleetpb.RegisterRequest) (*fleetpb.RegisterResponse, error) {
	if err := s.inventory.Register(r.GetName(), r.GetVersion(), hostFromProto(r.GetHost())); err != nil {
		return nil, asStatus(err)
	}
	return &fleetpb.RegisterResponse{Interval: s.interval()}, nil
}

func (s *Server) Heartbeat(_ context.Context, r *fleetpb.HeartbeatRequest) (*fleetpb.HeartbeatResponse, error) {
	if err := s.inventory.Heartbeat(r.GetName(), r.GetUptime().AsDuration()); err != nil {
		return nil, asStatus(err)
	}
	return &fleetpb.HeartbeatResponse{Interval: s.interval()}, nil
}

func (s *Server) ListDevices(context.Context, *fleetpb.ListDevicesRequest) (*fleetpb.ListDevicesResponse, error) {
	devices, err := s.inventory.Devices()
	if err != nil {
		return nil, asStatus(err)
	}
	response := &fleetpb.ListDevicesResponse{}
	for _, device := range devices {
		response.Devices = append(response.Devices, deviceToProto(device))
	}
	return response, nil
}

func (s *Server) ForgetDevice(_ context.Context, r *fleetpb.ForgetDeviceRequest) (*fleetpb.ForgetDeviceResponse, error) {
	if err := s.inventory.Forget(r.GetName()); err != nil {
		return nil, asStatus(err)
	}
	return &fleetpb.ForgetDeviceResponse{}, nil
}

func (s *Server) interval() *durationpb.Duration { return durationpb.New(s.inventory.Interval()) }

// asStatus gives an error of the inventory its gRPC code.
func asStatus(err error) error {
	code := codes.Internal
	switch {
	case errors.Is(err, inventory.ErrNotFound):
		code = codes.NotFound
	case errors.Is(err, inventory.ErrBadName):
		code = codes.InvalidArgument
	}
	return status.Error(code, err.Error())
}
