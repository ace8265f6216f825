package hostinfo

// boardFiles: PCs have DMI tables and no device tree.
var boardFiles = []string{dmiProductName}
