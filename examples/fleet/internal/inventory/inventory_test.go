package inventory_test

import (
	"errors"
	"testing"
	"time"

	"example.com/fleet/internal/inventory"
	"example.com/fleet/internal/store"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clocked is an inventory with a clock that the test moves.
func clocked(t *testing.T) (*inventory.Inventory, *time.Time) {
	t.Helper()
	now := start
	return inventory.New(store.NewMemory(), 10*time.Second, func() time.Time { return now }), &now
}

func register(t *testing.T, inv *inventory.Inventory, name string) {
	t.Helper()
	if err := inv.Register(name, "1.0", inventory.Host{Platform: "linux/arm/v7", CPUs: 4}); err != nil {
		t.Fatal(err)
	}
}

func TestDeviceGoesOfflineAfterThreeMissedBeats(t *testing.T) {
	inv, now := clocked(t)
	register(t, inv, "pump-1")
	for _, tt := range []struct {
		after time.Duration
		want  inventory.State
	}{{0, inventory.Online}, {30 * time.Second, inventory.Online}, {31 * time.Second, inventory.Offline}} {
		*now = start.Add(tt.after)
		got, err := inv.Device("pump-1")
		if err != nil || got.State != tt.want {
			t.Errorf("after %s: got %s, %v, want %s", tt.after, got.State, err, tt.want)
		}
	}
}

func TestHeartbeatBringsADeviceBack(t *testing.T) {
	inv, now := clocked(t)
	register(t, inv, "pump-1")
	*now = start.Add(time.Hour)
	if err := inv.Heartbeat("pump-1", 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	got, err := inv.Device("pump-1")
	if err != nil || got.State != inventory.Online || got.Uptime != 2*time.Hour || !got.SeenAt.Equal(*now) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRegisteringAgainKeepsTheFirstTime(t *testing.T) {
	inv, now := clocked(t)
	register(t, inv, "pump-1")
	*now = start.Add(time.Hour)
	register(t, inv, "pump-1")
	got, err := inv.Device("pump-1")
	if err != nil || !got.RegisteredAt.Equal(start) || !got.SeenAt.Equal(*now) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestUnknownDevicesAreNotFound(t *testing.T) {
	inv, _ := clocked(t)
	_, deviceErr := inv.Device("ghost")
	for name, err := range map[string]error{
		"device":    deviceErr,
		"heartbeat": inv.Heartbeat("ghost", 0),
		"forget":    inv.Forget("ghost"),
	} {
		if !errors.Is(err, inventory.ErrNotFound) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNamesAreChecked(t *testing.T) {
	inv, _ := clocked(t)
	for _, name := range []string{"", "-pump", "pump 1", "../etc", "pump\n"} {
		if err := inv.Register(name, "1.0", inventory.Host{}); !errors.Is(err, inventory.ErrBadName) {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestSummaryCountsByState(t *testing.T) {
	inv, now := clocked(t)
	register(t, inv, "old")
	*now = start.Add(time.Hour)
	register(t, inv, "new")
	got, err := inv.Summary()
	if err != nil || got != (inventory.Summary{Online: 1, Offline: 1}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := inv.Forget("old"); err != nil {
		t.Fatal(err)
	}
	if got, err := inv.Summary(); err != nil || got != (inventory.Summary{Online: 1}) {
		t.Errorf("after forget: got %+v, %v", got, err)
	}
}
