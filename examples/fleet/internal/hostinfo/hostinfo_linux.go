package hostinfo

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

func systemRelease() (string, error) {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(text)), err
}

func memoryBytes() (uint64, error) {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return parseMeminfo(file)
}

// parseMeminfo finds the line "MemTotal:  16310184 kB".
func parseMeminfo(r io.Reader) (uint64, error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[0] == "MemTotal:" && fields[2] == "kB" {
			kilobytes, err := strconv.ParseUint(fields[1], 10, 54)
			return kilobytes << 10, err
		}
	}
	if err := lines.Err(); err != nil {
		return 0, err
	}
	return 0, fmt.Errorf("meminfo: %w", errUnknown)
}

func uptime() (time.Duration, error) {
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0, err
	}
	return parseUptime(string(text))
}

// parseUptime reads the first of the two numbers in "4217.53 8312.90".
func parseUptime(text string) (time.Duration, error) {
	first, _, _ := strings.Cut(text, " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0, fmt.Errorf("uptime: %w", err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// Where Linux shows the name of the hardware: firmware with a device tree
// (most small boards) or with DMI tables (PCs and servers).
const (
	deviceTreeModel = "/proc/device-tree/model"
	dmiProductName  = "/sys/class/dmi/id/product_name"
)

// boardName reads the first of this architecture's boardFiles that exists.
func boardName() string {
	for _, path := range boardFiles {
		if text, err := os.ReadFile(path); err == nil {
			return string(text)
		}
	}
	return ""
}
