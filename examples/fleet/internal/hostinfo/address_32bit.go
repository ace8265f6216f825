//go:build 386 || arm || mips || mipsle

package hostinfo

// addressLimit: the kernel keeps about a quarter of a 32-bit address space.
const addressLimit uint64 = 3 << 30
