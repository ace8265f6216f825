// Package config reads the settings of the fleet's programs.
//
// A setting is a flag; where the command line leaves it alone, the environment
// decides: the flag "http-addr" reads FLEET_HTTP_ADDR.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// Lookup finds an environment variable; os.LookupEnv is one.
type Lookup func(name string) (string, bool)

// Addresses that programs listen on and dial unless they are told otherwise.
const (
	DefaultHTTPAddr = "127.0.0.1:8080"
	DefaultGRPCAddr = "127.0.0.1:9090"
)

// Gateway holds the settings of cmd/gateway.
type Gateway struct {
	HTTPAddr string        // where the status page, the API and the metrics are served
	GRPCAddr string        // where workers report
	Database string        // bbolt file; empty keeps devices in memory
	Interval time.Duration // how often devices should report
	Grace    time.Duration // how long requests may take to finish at shutdown
	Version  bool          // print the version and stop
}

// Worker holds the settings of cmd/worker.
type Worker struct {
	GRPCAddr    string // the gateway to report to
	Name        string // the device's name; empty means the host name
	MetricsAddr string // where metrics are served; empty serves none
	Once        bool   // report once and stop
	Version     bool   // print the version and stop
}

// Client holds the defaults of fleetctl's flags.
type Client struct {
	GRPCAddr string
	HTTPAddr string
}

// ParseGateway reads the gateway's settings. It returns flag.ErrHelp after
// having written the usage to help.
func ParseGateway(args []string, env Lookup, help io.Writer) (Gateway, error) {
	var c Gateway
	fs := flag.NewFlagSet("gateway", flag.ContinueOnError)
	fs.StringVar(&c.HTTPAddr, "http-addr", DefaultHTTPAddr, "`address` of the status page, the API and the metrics")
	fs.StringVar(&c.GRPCAddr, "grpc-addr", DefaultGRPCAddr, "`address` that workers report to")
	fs.StringVar(&c.Database, "database", "", "`file` to keep devices in (default: in memory)")
	fs.DurationVar(&c.Interval, "interval", 15*time.Second, "how often devices should report")
	fs.DurationVar(&c.Grace, "grace", 10*time.Second, "how long requests may take to finish at shutdown")
	fs.BoolVar(&c.Version, "version", false, "print the version and stop")
	if err := parse(fs, args, env, help); err != nil {
		return Gateway{}, err
	}
	if c.Interval <= 0 {
		return Gateway{}, fmt.Errorf("interval must be positive, not %s", c.Interval)
	}
	return c, nil
}

// ParseWorker reads the worker's settings. It returns flag.ErrHelp after
// having written the usage to help.
func ParseWorker(args []string, env Lookup, help io.Writer) (Worker, error) {
	var c Worker
	fs := flag.NewFlagSet("worker", flag.ContinueOnError)
	fs.StringVar(&c.GRPCAddr, "grpc-addr", DefaultGRPCAddr, "`address` of the gateway")
	fs.StringVar(&c.Name, "name", "", "`name` of this device (default: the host name)")
	fs.StringVar(&c.MetricsAddr, "metrics-addr", "", "`address` to serve metrics on (default: none)")
	fs.BoolVar(&c.Once, "once", false, "report once and stop")
	fs.BoolVar(&c.Version, "version", false, "print the version and stop")
	if err := parse(fs, args, env, help); err != nil {
		return Worker{}, err
	}
	return c, nil
}

// ClientDefaults reads what fleetctl's flags default to.
func ClientDefaults(env Lookup) Client {
	return Client{
		GRPCAddr: orDefault(env, "FLEET_GRPC_ADDR", DefaultGRPCAddr),
		HTTPAddr: orDefault(env, "FLEET_HTTP_ADDR", DefaultHTTPAddr),
	}
}

func orDefault(env Lookup, name, fallback string) string {
	if value, ok := env(name); ok {
		return value
	}
	return fallback
}

func parse(fs *flag.FlagSet, args []string, env Lookup, help io.Writer) error {
	fs.SetOutput(io.Discard) // the caller reports errors
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(help)
		fmt.Fprintf(help, "Usage of %s:\n", fs.Name())
		fs.PrintDefaults()
	}
	if err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return fromEnv(fs, env)
}

// fromEnv sets the flags that the command line left alone.
func fromEnv(fs *flag.FlagSet, env Lookup) error {
	given := map[string]bool{"version": true} // a question, not a setting
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var problems []error
	fs.VisitAll(func(f *flag.Flag) {
		name := envName(f.Name)
		value, ok := env(name)
		if given[f.Name] || !ok {
			return
		}
		if err := f.Value.Set(value); err != nil {
			problems = append(problems, fmt.Errorf("%s=%q: %w", name, value, err))
		}
	})
	return errors.Join(problems...)
}

func envName(flagName string) string {
	return "FLEET_" + strings.ToUpper(strings.ReplaceAll(flagName, "-", "_"))
}
