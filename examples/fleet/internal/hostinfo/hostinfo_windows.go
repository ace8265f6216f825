package hostinfo

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

var physicallyInstalledMemory = windows.NewLazySystemDLL("kernel32.dll").
	NewProc("GetPhysicallyInstalledSystemMemory")

func systemRelease() (string, error) {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("%d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber), nil
}

func memoryBytes() (uint64, error) {
	var kilobytes uint64
	ok, _, err := physicallyInstalledMemory.Call(uintptr(unsafe.Pointer(&kilobytes)))
	if ok == 0 {
		return 0, err
	}
	return kilobytes << 10, nil
}

func uptime() (time.Duration, error) { return windows.DurationSinceBoot(), nil }

func boardName() string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `HARDWARE\DESCRIPTION\System\BIOS`, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer key.Close()
	name, _, _ := key.GetStringValue("SystemProductName")
	return name
}
