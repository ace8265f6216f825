//go:build !386 && !arm && !mips && !mipsle

package hostinfo

import "math"

// addressLimit: a 64-bit process can address all the memory there is.
const addressLimit uint64 = math.MaxUint64
