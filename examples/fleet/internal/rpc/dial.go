package rpc

import (
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Dial prepares a connection to the gateway at address; it connects at the
// first call. Traffic is not encrypted: the fleet runs in a private network.
func Dial(address string) (*grpc.ClientConn, error) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fmt.Errorf("gateway %s: %w", address, err)
	}
	return connection, nil
}
