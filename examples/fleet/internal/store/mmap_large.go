//go:build !windows && !386 && !arm && !mips && !mipsle

package store

// initialMmapSize is larger than any fleet's database, so that bbolt never has
// to map it again, which makes writers wait for readers.
const initialMmapSize = 256 << 20
