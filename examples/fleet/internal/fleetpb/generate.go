// Package fleetpb is the generated code of proto/fleet/v1/fleet.proto.
//
// It is committed, so a build needs no protoc. After a change to the .proto
// file run `go generate ./internal/fleetpb` with protoc, protoc-gen-go and
// protoc-gen-go-grpc on the path.
package fleetpb

//go:generate protoc -I ../../proto --go_out=../.. --go_opt=module=example.com/fleet --go-grpc_out=../.. --go-grpc_opt=module=example.com/fleet fleet/v1/fleet.proto
