//go:build !amd64 && !arm64 && !arm

package hostinfo

// boardFiles of the architectures that have no file of their own.
var boardFiles = []string{deviceTreeModel, dmiProductName}
