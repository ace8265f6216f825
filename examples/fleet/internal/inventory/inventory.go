// Package inventory knows which devices the fleet has and whether they are alive.
//
// It holds the rules; where devices are kept is decided by a Store.
package inventory

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

var (
	// ErrNotFound means that no device has the name.
	ErrNotFound = errors.New("no such device")
	// ErrBadName means that a name cannot be a device's.
	ErrBadName = errors.New("not a device name")
)

// Store keeps devices. Its methods may be called at the same time.
type Store interface {
	// Get returns ErrNotFound for an unknown name.
	Get(name string) (Device, error)
	// List returns all devices, sorted by name.
	List() ([]Device, error)
	Put(Device) error
	// Delete returns ErrNotFound for an unknown name.
	Delete(name string) error
	Close() error
}

// Status is a device together with its state at the moment of asking.
type Status struct {
	Device
	State State `json:"state"`
}

// Summary counts the fleet.
type Summary struct {
	Online  int `json:"online"`
	Offline int `json:"offline"`
}

// Inventory applies the fleet's rules to a Store.
type Inventory struct {
	store    Store
	interval time.Duration
	now      func() time.Time
	update   sync.Mutex // held from a read to the write that depends on it
}

// New makes an inventory whose devices should report every interval, by the
// clock now.
func New(store Store, interval time.Duration, now func() time.Time) *Inventory {
	return &Inventory{store: store, interval: interval, now: now}
}

// Interval is how often devices should report.
func (i *Inventory) Interval() time.Duration { return i.interval }

// Register adds a device, or replaces what was known about it. A device keeps
// the time of its first registration.
func (i *Inventory) Register(name, version string, host Host) error {
	if err := checkName(name); err != nil {
		return err
	}
	i.update.Lock()
	defer i.update.Unlock()
	now := i.now().UTC()
	device := Device{Name: name, Version: version, Host: host, RegisteredAt: now, SeenAt: now}
	known, err := i.store.Get(name)
	switch {
	case err == nil:
		device.RegisteredAt = known.RegisteredAt
	case !errors.Is(err, ErrNotFound):
		return fmt.Errorf("register %s: %w", name, err)
	}
	return i.store.Put(device)
}

// Heartbeat notes that a registered device is alive.
func (i *Inventory) Heartbeat(name string, uptime time.Duration) error {
	i.update.Lock()
	defer i.update.Unlock()
	device, err := i.store.Get(name)
	if err != nil {
		return fmt.Errorf("heartbeat of %q: %w", name, err)
	}
	device.SeenAt = i.now().UTC()
	device.Uptime = uptime
	return i.store.Put(device)
}

// Forget removes a device.
func (i *Inventory) Forget(name string) error {
	i.update.Lock()
	defer i.update.Unlock()
	if err := i.store.Delete(name); err != nil {
		return fmt.Errorf("forget %q: %w", name, err)
	}
	return nil
}

// Device returns one device.
func (i *Inventory) Device(name string) (Status, error) {
	device, err := i.store.Get(name)
	if err != nil {
		return Status{}, fmt.Errorf("device %q: %w", name, err)
	}
	return i.statusOf(device), nil
}

// Devices returns every device, sorted by name.
func (i *Inventory) Devices() ([]Status, error) {
	devices, err := i.store.List()
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	all := make([]Status, 0, len(devices))
	for _, device := range devices {
		all = append(all, i.statusOf(device))
	}
	return all, nil
}

// Summary counts the devices by state.
func (i *Inventory) Summary() (Summary, error) {
	devices, err := i.Devices()
	if err != nil {
		return Summary{}, err
	}
	return Count(devices), nil
}

// Count counts devices by state.
func Count(devices []Status) Summary {
	var s Summary
	for _, device := range devices {
		if device.State == Online {
			s.Online++
		} else {
			s.Offline++
		}
	}
	return s
}

func (i *Inventory) statusOf(device Device) Status {
	return Status{Device: device, State: device.stateAt(i.now(), i.interval)}
}
