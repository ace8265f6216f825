package buildinfo

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestPlatformNamesTheVariantUnlessItIsTheBaseline(t *testing.T) {
	tests := []struct{ arch, key, value, want string }{
		{"amd64", "GOAMD64", "v1", "linux/amd64"},
		{"amd64", "GOAMD64", "v3", "linux/amd64/v3"},
		{"arm", "GOARM", "6", "linux/arm/v6"},
		{"arm", "GOARM", "7,softfloat", "linux/arm/v7"},
		{"arm64", "GOARM64", "v8.0", "linux/arm64"},
		{"arm64", "GOARM64", "v9.0", "linux/arm64/v9.0"},
		{"s390x", "", "", "linux/s390x"},
	}
	for _, tt := range tests {
		info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: tt.key, Value: tt.value}}}
		if got := platform("linux", tt.arch, info); got != tt.want {
			t.Errorf("platform(%s, %s=%s) = %q, want %q", tt.arch, tt.key, tt.value, got, tt.want)
		}
	}
}

func TestPlatformNeedsNoBuildInfo(t *testing.T) {
	if got := platform("darwin", "arm64", nil); got != "darwin/arm64" {
		t.Errorf("got %q", got)
	}
}

func TestLineHoldsProgramAndVersion(t *testing.T) {
	if got := Line("gateway", "1.2.3"); !strings.HasPrefix(got, "gateway 1.2.3 (") {
		t.Errorf("got %q", got)
	}
}
