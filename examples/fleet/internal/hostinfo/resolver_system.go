//go:build !netgo && cgo

package hostinfo

// resolver: with cgo, names may be looked up by the system's C library.
const resolver = "system"
