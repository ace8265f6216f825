// Package backoff spaces out the attempts of something that fails.
package backoff

import (
	"math/rand/v2"
	"time"
)

// Backoff doubles the wait after each failure, from First up to Most.
type Backoff struct {
	First, Most time.Duration
	failures    int
}

// Next is how long to wait after one more failure: between half of the step
// and all of it, so that many devices do not come back at the same moment.
func (b *Backoff) Next() time.Duration {
	step := b.step()
	b.failures++
	half := step / 2
	return half + rand.N(step-half+1)
}

// Reset forgets the failures.
func (b *Backoff) Reset() { b.failures = 0 }

func (b *Backoff) step() time.Duration {
	step := b.First
	for range b.failures {
		if step >= b.Most/2 {
			return b.Most
		}
		step *= 2
	}
	return min(step, b.Most)
}
