// Package store keeps the inventory's devices, in memory or in a bbolt file.
package store

import "example.com/fleet/internal/inventory"

// Open opens the database file at path; an empty path means memory.
func Open(path string) (inventory.Store, error) {
	if path == "" {
		return NewMemory(), nil
	}
	return OpenBolt(path)
}
