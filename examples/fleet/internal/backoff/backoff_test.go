package backoff

import (
	"testing"
	"time"
)

func TestWaitsDoubleUpToTheMost(t *testing.T) {
	b := Backoff{First: time.Second, Most: 5 * time.Second}
	for i, step := range []time.Duration{1, 2, 4, 5, 5} {
		step *= time.Second
		if got := b.Next(); got < step/2 || got > step {
			t.Errorf("wait %d is %s, want %s to %s", i, got, step/2, step)
		}
	}
}

func TestResetStartsAgain(t *testing.T) {
	b := Backoff{First: time.Second, Most: time.Hour}
	for range 5 {
		b.Next()
	}
	b.Reset()
	if got := b.Next(); got > time.Second {
		t.Errorf("got %s", got)
	}
}

func TestManyFailuresDoNotOverflow(t *testing.T) {
	b := Backoff{First: time.Second, Most: time.Minute, failures: 1000}
	if got := b.Next(); got < 30*time.Second || got > time.Minute {
		t.Errorf("got %s", got)
	}
}
