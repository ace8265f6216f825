//go:build windows || 386 || arm || mips || mipsle

package store

// initialMmapSize is small where address space is scarce, and on Windows,
// where bbolt grows the file to the size of the mapping.
const initialMmapSize = 1 << 20
