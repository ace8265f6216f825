package hostinfo

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseMeminfo(t *testing.T) {
	got, err := parseMeminfo(strings.NewReader("MemFree:  1 kB\nMemTotal:       16310184 kB\n"))
	if err != nil || got != 16310184<<10 {
		t.Errorf("got %d, %v", got, err)
	}
	if _, err := parseMeminfo(strings.NewReader("MemFree: 1 kB\n")); !errors.Is(err, errUnknown) {
		t.Errorf("without a total: got %v", err)
	}
}

func TestParseUptime(t *testing.T) {
	if got, err := parseUptime("4217.50 8312.90\n"); err != nil || got != 4217*time.Second+500*time.Millisecond {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := parseUptime("soon"); err == nil {
		t.Error("a word was read as an uptime")
	}
}

func TestThisMachineIsKnown(t *testing.T) {
	info := Collect()
	if info.Release == "" || info.MemoryBytes == 0 {
		t.Errorf("got %+v", info)
	}
	if up, err := Uptime(); err != nil || up <= 0 {
		t.Errorf("uptime %s, %v", up, err)
	}
}
