package config

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"
)

func environment(values map[string]string) Lookup {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

func TestGatewayDefaults(t *testing.T) {
	c, err := ParseGateway(nil, environment(nil), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTPAddr != DefaultHTTPAddr || c.GRPCAddr != DefaultGRPCAddr || c.Interval != 15*time.Second {
		t.Errorf("unexpected defaults: %+v", c)
	}
}

func TestFlagBeatsEnvironmentBeatsDefault(t *testing.T) {
	env := environment(map[string]string{"FLEET_HTTP_ADDR": ":1", "FLEET_GRPC_ADDR": ":2"})
	c, err := ParseGateway([]string{"--http-addr", ":3"}, env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTPAddr != ":3" || c.GRPCAddr != ":2" {
		t.Errorf("got http %q grpc %q", c.HTTPAddr, c.GRPCAddr)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	tests := []struct {
		args []string
		env  map[string]string
		want string
	}{
		{nil, map[string]string{"FLEET_GRACE": "soon"}, `FLEET_GRACE="soon"`},
		{[]string{"--interval", "0s"}, nil, "interval must be positive"},
		{[]string{"extra"}, nil, `unexpected argument "extra"`},
		{[]string{"--nope"}, nil, "-nope"},
	}
	for _, tt := range tests {
		_, err := ParseGateway(tt.args, environment(tt.env), io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("args %q env %v: got error %v, want one with %q", tt.args, tt.env, err, tt.want)
		}
	}
}

func TestHelpWritesTheUsage(t *testing.T) {
	var help strings.Builder
	_, err := ParseWorker([]string{"--help"}, environment(nil), &help)
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("got error %v", err)
	}
	if !strings.Contains(help.String(), "-metrics-addr") {
		t.Errorf("usage lacks a flag:\n%s", help.String())
	}
}

func TestClientDefaultsReadTheEnvironment(t *testing.T) {
	c := ClientDefaults(environment(map[string]string{"FLEET_GRPC_ADDR": "hub:9"}))
	if c.GRPCAddr != "hub:9" || c.HTTPAddr != DefaultHTTPAddr {
		t.Errorf("got %+v", c)
	}
}
