package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	"example.com/fleet/internal/fleetpb"
	"example.com/fleet/internal/rpc"
	"example.com/fleet/internal/table"
)

func newDevices(o *options) *cobra.Command {
	devices := &cobra.Command{Use: "devices", Short: "List and forget devices"}
	devices.AddCommand(newDevicesList(o), newDevicesForget(o))
	return devices
}

func newDevicesList(o *options) *cobra.Command {
	var offline bool
	list := &cobra.Command{
		Use:   "list",
		Short: "List the devices of the fleet",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.callFleet(cmd.Context(), func(ctx context.Context, fleet fleetpb.FleetServiceClient) error {
				response, err := fleet.ListDevices(ctx, &fleetpb.ListDevicesRequest{})
				if err != nil {
					return err
				}
				devices := selectDevices(response.GetDevices(), offline)
				return o.format.print(cmd.OutOrStdout(), deviceValues(devices), deviceHeader, deviceRows(devices, time.Now()))
			})
		},
	}
	list.Flags().BoolVar(&offline, "offline", false, "only those that are offline")
	return list
}

func newDevicesForget(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "forget NAME...",
		Short: "Remove devices from the inventory",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			return o.callFleet(cmd.Context(), func(ctx context.Context, fleet fleetpb.FleetServiceClient) error {
				for _, name := range names {
					if _, err := fleet.ForgetDevice(ctx, &fleetpb.ForgetDeviceRequest{Name: name}); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// callFleet calls the gateway's service within the time that the user allows.
func (o *options) callFleet(ctx context.Context, call func(context.Context, fleetpb.FleetServiceClient) error) error {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	connection, err := rpc.Dial(o.grpcAddr)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := call(ctx, fleetpb.NewFleetServiceClient(connection)); err != nil {
		return fmt.Errorf("gateway %s: %w", o.grpcAddr, err)
	}
	return nil
}

func selectDevices(all []*fleetpb.Device, onlyOffline bool) []*fleetpb.Device {
	if !onlyOffline {
		return all
	}
	var offline []*fleetpb.Device
	for _, device := range all {
		if device.GetState() == fleetpb.State_STATE_OFFLINE {
			offline = append(offline, device)
		}
	}
	return offline
}

// deviceValue is a device as JSON.
type deviceValue struct {
	Name     string    `json:"name"`
	State    string    `json:"state"`
	Platform string    `json:"platform"`
	Release  string    `json:"release"`
	Board    string    `json:"board"`
	CPUs     uint32    `json:"cpus"`
	Memory   uint64    `json:"memory_bytes"`
	Version  string    `json:"version"`
	SeenAt   time.Time `json:"seen_at"`
}

func deviceValues(devices []*fleetpb.Device) []deviceValue {
	values := make([]deviceValue, 0, len(devices))
	for _, device := range devices {
		host := device.GetHost()
		values = append(values, deviceValue{
			Name:     device.GetName(),
			State:    rpc.StateName(device.GetState()),
			Platform: host.GetPlatform(),
			Release:  host.GetRelease(),
			Board:    host.GetBoard(),
			CPUs:     host.GetCpus(),
			Memory:   host.GetMemoryBytes(),
			Version:  device.GetVersion(),
			SeenAt:   device.GetSeenAt().AsTime(),
		})
	}
	return values
}

var deviceHeader = []string{"NAME", "STATE", "PLATFORM", "BOARD", "MEMORY", "VERSION", "SEEN", "UP"}

func deviceRows(devices []*fleetpb.Device, now time.Time) [][]string {
	var rows [][]string
	for _, device := range devices {
		rows = append(rows, []string{
			device.GetName(),
			rpc.StateName(device.GetState()),
			device.GetHost().GetPlatform(),
			device.GetHost().GetBoard(),
			table.Bytes(device.GetHost().GetMemoryBytes()),
			device.GetVersion(),
			ago(device.GetSeenAt(), now),
			table.Ago(device.GetUptime().AsDuration()),
		})
	}
	return rows
}

func ago(at *timestamppb.Timestamp, now time.Time) string {
	return table.Ago(now.Sub(at.AsTime())) + " ago"
}
