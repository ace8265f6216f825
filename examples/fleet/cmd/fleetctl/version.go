package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"example.com/fleet/internal/buildinfo"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print which build of fleetctl this is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), buildinfo.Line("fleetctl", version))
			return err
		},
	}
}
