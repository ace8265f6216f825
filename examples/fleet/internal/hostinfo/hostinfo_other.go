//go:build !linux && !darwin && !windows

package hostinfo

import "time"

func systemRelease() (string, error) { return "", errUnknown }

func memoryBytes() (uint64, error) { return 0, errUnknown }

func uptime() (time.Duration, error) { return 0, errUnknown }

func boardName() string { return "" }
