// Fleetctl asks a gateway about its fleet.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"example.com/fleet/internal/buildinfo"
	"example.com/fleet/internal/config"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := newRoot(config.ClientDefaults(os.LookupEnv)).ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fleetctl:", err)
		os.Exit(1)
	}
}

// options are the flags that every command has.
type options struct {
	httpAddr string
	grpcAddr string
	timeout  time.Duration
	format   format
}

func newRoot(defaults config.Client) *cobra.Command {
	o := &options{format: asTable}
	root := &cobra.Command{
		Use:           "fleetctl",
		Short:         "Ask a gateway about its fleet",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate(buildinfo.Line("fleetctl", version) + "\n")
	flags := root.PersistentFlags()
	flags.StringVar(&o.httpAddr, "http-addr", defaults.HTTPAddr, "`address` of the gateway's HTTP API [FLEET_HTTP_ADDR]")
	flags.StringVar(&o.grpcAddr, "grpc-addr", defaults.GRPCAddr, "`address` of the gateway's gRPC service [FLEET_GRPC_ADDR]")
	flags.DurationVar(&o.timeout, "timeout", 5*time.Second, "how long to wait for the gateway")
	flags.VarP(&o.format, "output", "o", "table or json")
	root.AddCommand(newStatus(o), newDevices(o), newVersion())
	return root
}
