package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"example.com/fleet/internal/api"
	"example.com/fleet/internal/rpc"
)

// gatewayStatus is what the gateway says over HTTP, and whether workers can
// report to it over gRPC.
type gatewayStatus struct {
	api.Status
	Workers string `json:"workers"`
}

func newStatus(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show whether the gateway answers, and how its fleet is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), o.timeout)
			defer cancel()
			status, err := fetchStatus(ctx, o)
			if err != nil {
				return err
			}
			header := []string{"VERSION", "PLATFORM", "ONLINE", "OFFLINE", "WORKERS"}
			row := []string{
				status.Version, status.Platform,
				strconv.Itoa(status.Devices.Online), strconv.Itoa(status.Devices.Offline),
				status.Workers,
			}
			return o.format.print(cmd.OutOrStdout(), status, header, [][]string{row})
		},
	}
}

func fetchStatus(ctx context.Context, o *options) (gatewayStatus, error) {
	var status gatewayStatus
	if err := getJSON(ctx, o.httpAddr, api.StatusPath, &status.Status); err != nil {
		return gatewayStatus{}, err
	}
	workers, err := fetchHealth(ctx, o.grpcAddr)
	if err != nil {
		return gatewayStatus{}, err
	}
	status.Workers = workers
	return status, nil
}

// fetchHealth asks gRPC's health service: "serving", "not_serving", …
func fetchHealth(ctx context.Context, address string) (string, error) {
	connection, err := rpc.Dial(address)
	if err != nil {
		return "", err
	}
	defer connection.Close()
	response, err := healthpb.NewHealthClient(connection).Check(ctx, &healthpb.HealthCheckRequest{})
	if err != nil {
		return "", fmt.Errorf("gateway %s: %w", address, err)
	}
	return strings.ToLower(response.GetStatus().String()), nil
}

func getJSON(ctx context.Context, address, path string, into any) error {
	from := url.URL{Scheme: "http", Host: address, Path: path}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from.String(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", from.String(), response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", from.String(), err)
	}
	return nil
}
