//go:build netgo || !cgo

package hostinfo

// resolver: the one written in Go reads /etc/resolv.conf itself.
const resolver = "go"
