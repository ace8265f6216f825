// Package hostinfo describes the machine that a worker runs on.
//
// The questions are asked differently on each platform, so each has its own
// file: hostinfo_linux.go, hostinfo_darwin.go, hostinfo_windows.go, and
// hostinfo_other.go for the rest.
package hostinfo

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"time"
)

// errUnknown means that this platform does not say.
var errUnknown = errors.New("not known on this platform")

// Info describes a machine. What could not be found out is empty or zero.
type Info struct {
	Hostname    string
	Release     string // of the kernel or the system
	Board       string // the hardware's name
	Resolver    string // which DNS resolver the program uses: "go" or "system"
	CPUs        int
	MemoryBytes uint64 // memory that one process of this build can use
}

// Collect asks the machine everything it can.
func Collect() Info {
	hostname, _ := os.Hostname()
	release, _ := systemRelease()
	memory, _ := memoryBytes()
	return Info{
		Hostname:    hostname,
		Release:     release,
		Board:       cleanBoard(boardName()),
		Resolver:    resolver,
		CPUs:        runtime.NumCPU(),
		MemoryBytes: min(memory, addressLimit),
	}
}

// Uptime is the time since the machine started.
func Uptime() (time.Duration, error) { return uptime() }

// cleanBoard drops the NUL that ends a device tree's strings, and what vendors
// leave behind when they fill in nothing.
func cleanBoard(name string) string {
	name = strings.Trim(name, "\x00 \n")
	switch name {
	case "To Be Filled By O.E.M.", "System Product Name", "Default string":
		return ""
	}
	return name
}
