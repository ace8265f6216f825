package rpc

import (
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/inventory"
)

var stateToProto = map[inventory.State]fleetpb.State{
	inventory.Online:  fleetpb.State_STATE_ONLINE,
	inventory.Offline: fleetpb.State_STATE_OFFLINE,
}

// StateName is a state as people read it.
func StateName(state fleetpb.State) string {
	for name, value := range stateToProto {
		if value == state {
			return string(name)
		}
	}
	return "unknown"
}

func hostFromProto(host *fleetpb.Host) inventory.Host {
	return inventory.Host{
		Platform:    host.GetPlatform(),
		Release:     host.GetRelease(),
		Board:       host.GetBoard(),
		Resolver:    host.GetResolver(),
		CPUs:        int(host.GetCpus()),
		MemoryBytes: host.GetMemoryBytes(),
	}
}

func hostToProto(host inventory.Host) *fleetpb.Host {
	return &fleetpb.Host{
		Platform:    host.Platform,
		Release:     host.Release,
		Board:       host.Board,
		Resolver:    host.Resolver,
		Cpus:        uint32(host.CPUs),
		MemoryBytes: host.MemoryBytes,
	}
}

func deviceToProto(device inventory.Status) *fleetpb.Device {
	return &fleetpb.Device{
		Name:         device.Name,
		Host:         hostToProto(device.Host),
		Version:      device.Version,
		State:        stateToProto[device.State],
		RegisteredAt: timestamppb.New(device.RegisteredAt),
		SeenAt:       timestamppb.New(device.SeenAt),
		Uptime:       durationpb.New(device.Uptime),
	}
}
