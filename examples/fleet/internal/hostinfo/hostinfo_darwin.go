package hostinfo

import (
	"time"

	"golang.org/x/sys/unix"
)

func systemRelease() (string, error) { return unix.Sysctl("kern.osproductversion") }

func memoryBytes() (uint64, error) { return unix.SysctlUint64("hw.memsize") }

func uptime() (time.Duration, error) {
	boot, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return 0, err
	}
	return time.Since(time.Unix(boot.Unix())), nil
}

// boardName is a model such as "Mac14,2".
func boardName() string {
	model, _ := unix.Sysctl("hw.model")
	return model
}
