package store

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"example.com/fleet/internal/inventory"
)

// Memory keeps devices until the program ends.
type Memory struct {
	mu      sync.RWMutex
	devices map[string]inventory.Device
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{devices: make(map[string]inventory.Device)}
}

func (m *Memory) Get(name string) (inventory.Device, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	device, ok := m.devices[name]
	if !ok {
		return inventory.Device{}, inventory.ErrNotFound
	}
	return device, nil
}

func (m *Memory) List() ([]inventory.Device, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	byName := func(a, b inventory.Device) int { return cmp.Compare(a.Name, b.Name) }
	return slices.SortedFunc(maps.Values(m.devices), byName), nil
}

func (m *Memory) Put(device inventory.Device) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.devices[device.Name] = device
	return nil
}

func (m *Memory) Delete(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.devices[name]; !ok {
		return inventory.ErrNotFound
	}
	delete(m.devices, name)
	return nil
}

func (m *Memory) Close() error { return nil }
