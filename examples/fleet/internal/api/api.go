// Package api is the JSON that the gateway answers over HTTP and fleetctl reads.
package api

import "example.com/fleet/internal/inventory"

// StatusPath is where the gateway answers with a Status.
const StatusPath = "/api/v1/status"

// DevicesPath is where the gateway answers with every device; a name may follow.
const DevicesPath = "/api/v1/devices"

// Status says which gateway is running and how its fleet is.
type Status struct {
	Version  string            `json:"version"`
	Platform string            `json:"platform"`
	Devices  inventory.Summary `json:"devices"`
}

// Error is the body of every answer that is not a success.
type Error struct {
	Error string `json:"error"`
}
