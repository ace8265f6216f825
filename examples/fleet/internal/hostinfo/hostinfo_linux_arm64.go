package hostinfo

// boardFiles: boards have a device tree, servers have DMI tables.
var boardFiles = []string{deviceTreeModel, dmiProductName}
