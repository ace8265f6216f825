package hostinfo

// boardFiles: 32-bit Arm boards are described by a device tree alone.
var boardFiles = []string{deviceTreeModel}
