package inventory

import (
	"fmt"
	"regexp"
	"time"
)

// Host is what a device says about the machine it runs on. What it could not
// find out is empty or zero.
type Host struct {
	Platform    string `json:"platform"`
	Release     string `json:"release,omitempty"`
	Board       string `json:"board,omitempty"`
	Resolver    string `json:"resolver,omitempty"`
	CPUs        int    `json:"cpus"`
	MemoryBytes uint64 `json:"memory_bytes,omitempty"`
}

// Device is one machine of the fleet.
type Device struct {
	Name         string        `json:"name"`
	Host         Host          `json:"host"`
	Version      string        `json:"version"`
	RegisteredAt time.Time     `json:"registered_at"`
	SeenAt       time.Time     `json:"seen_at"`
	Uptime       time.Duration `json:"uptime_ns"`
}

// State says whether a device is heard from.
type State string

const (
	Online  State = "online"
	Offline State = "offline"
)

// missedBeats is how many reports a device may miss before it counts as offline.
const missedBeats = 3

func (d Device) stateAt(now time.Time, interval time.Duration) State {
	if now.Sub(d.SeenAt) > missedBeats*interval {
		return Offline
	}
	return Online
}

// names are those of hosts: letters, digits, dots and dashes, 63 at most.
var names = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]{0,62}$`)

func checkName(name string) error {
	if !names.MatchString(name) {
		return fmt.Errorf("%w: %q", ErrBadName, name)
	}
	return nil
}
