package hostinfo

import (
	"runtime"
	"testing"
)

func TestCollectFindsTheBasics(t *testing.T) {
	info := Collect()
	if info.CPUs != runtime.NumCPU() || info.Resolver == "" {
		t.Errorf("got %+v", info)
	}
	if info.MemoryBytes > addressLimit {
		t.Errorf("%d bytes of memory are more than a process can address", info.MemoryBytes)
	}
}

func TestCleanBoardDropsWhatNamesNothing(t *testing.T) {
	for name, want := range map[string]string{
		"Raspberry Pi 4 Model B Rev 1.4\x00": "Raspberry Pi 4 Model B Rev 1.4",
		"PowerEdge R650\n":                   "PowerEdge R650",
		"To Be Filled By O.E.M.\n":           "",
		"":                                   "",
	} {
		if got := cleanBoard(name); got != want {
			t.Errorf("cleanBoard(%q) = %q, want %q", name, got, want)
		}
	}
}
