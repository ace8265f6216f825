// Package buildinfo says which build of a program is running.
package buildinfo

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// variants lists, per architecture, the build setting that holds its variant
// and the value that Go uses when nothing else is asked for.
var variants = map[string]struct{ setting, baseline string }{
	"amd64":   {"GOAMD64", "v1"},
	"arm64":   {"GOARM64", "v8.0"},
	"ppc64le": {"GOPPC64", "power8"},
	"riscv64": {"GORISCV64", "rva20u64"},
}

// Line is what every command prints for --version.
func Line(program, version string) string {
	return fmt.Sprintf("%s %s (%s, %s)", program, version, Platform(), runtime.Version())
}

// Platform is the platform this program was built for, such as "linux/amd64"
// or "linux/arm/v7".
func Platform() string {
	info, _ := debug.ReadBuildInfo()
	return platform(runtime.GOOS, runtime.GOARCH, info)
}

func platform(os, arch string, info *debug.BuildInfo) string {
	name := os + "/" + arch
	if variant := variantOf(arch, info); variant != "" {
		name += "/" + variant
	}
	return name
}

func variantOf(arch string, info *debug.BuildInfo) string {
	if arch == "arm" {
		return armVariant(setting(info, "GOARM"))
	}
	known, ok := variants[arch]
	if !ok {
		return ""
	}
	if value := setting(info, known.setting); value != known.baseline {
		return value
	}
	return ""
}

// armVariant turns GOARM ("7", or "7,softfloat") into "v7".
func armVariant(goarm string) string {
	if goarm == "" {
		return ""
	}
	return "v" + goarm[:1]
}

func setting(info *debug.BuildInfo, key string) string {
	if info == nil {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
