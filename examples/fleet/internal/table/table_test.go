package table

import (
	"strings"
	"testing"
	"time"
)

func TestColumnsLineUp(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, []string{"NAME", "STATE"}, [][]string{{"a", "online"}, {"longer", ""}}); err != nil {
		t.Fatal(err)
	}
	want := "NAME    STATE\na       online\nlonger  -\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 8 << 30: "8.0 GiB", 1 << 63: "8.0 EiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:     "0s",
		59 * time.Second: "59s",
		90 * time.Second: "1m",
		25 * time.Hour:   "1d",
		23 * time.Hour:   "23h",
	} {
		if got := Ago(d); got != want {
			t.Errorf("Ago(%s) = %q, want %q", d, got, want)
		}
	}
}
