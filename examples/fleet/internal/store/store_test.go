package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"example.com/fleet/internal/inventory"
)

// eachStore runs a test against both kinds of store.
func eachStore(t *testing.T, test func(t *testing.T, s inventory.Store)) {
	for name, path := range map[string]string{"memory": "", "bolt": filepath.Join(t.TempDir(), "fleet.db")} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			test(t, s)
		})
	}
}

func device(name string) inventory.Device {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return inventory.Device{Name: name, Version: "1.0", RegisteredAt: at, SeenAt: at, Uptime: time.Minute}
}

func TestGetReturnsWhatWasPut(t *testing.T) {
	eachStore(t, func(t *testing.T, s inventory.Store) {
		want := device("a")
		if err := s.Put(want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get("a"); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	})
}

func TestListIsSortedByName(t *testing.T) {
	eachStore(t, func(t *testing.T, s inventory.Store) {
		for _, name := range []string{"c", "a", "b"} {
			if err := s.Put(device(name)); err != nil {
				t.Fatal(err)
			}
		}
		devices, err := s.List()
		if err != nil || len(devices) != 3 {
			t.Fatalf("got %v, %v", devices, err)
		}
		for i, want := range []string{"a", "b", "c"} {
			if devices[i].Name != want {
				t.Errorf("device %d is %s, want %s", i, devices[i].Name, want)
			}
		}
	})
}

func TestDeletedDevicesAreNotFound(t *testing.T) {
	eachStore(t, func(t *testing.T, s inventory.Store) {
		if err := s.Put(device("a")); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete("a"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get("a"); !errors.Is(err, inventory.ErrNotFound) {
			t.Errorf("get: %v", err)
		}
		if err := s.Delete("a"); !errors.Is(err, inventory.ErrNotFound) {
			t.Errorf("second delete: %v", err)
		}
	})
}

func TestBoltKeepsDevicesAcrossRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fleet.db")
	for _, name := range []string{"a", "b"} {
		s, err := OpenBolt(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(device(name)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := OpenBolt(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if devices, err := s.List(); err != nil || len(devices) != 2 {
		t.Errorf("got %v, %v", devices, err)
	}
}

func TestOpenNamesTheFileItCannotOpen(t *testing.T) {
	if s, err := Open(filepath.Join(t.TempDir(), "missing", "fleet.db")); err == nil {
		s.Close()
		t.Error("opened a file in a folder that does not exist")
	}
}
