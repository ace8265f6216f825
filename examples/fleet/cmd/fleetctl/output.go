package main

import (
	"encoding/json"
	"fmt"
	"io"

	"example.com/fleet/internal/table"
)

// format is how a command prints its answer. It is a flag's value.
type format string

const (
	asTable format = "table"
	asJSON  format = "json"
)

func (f *format) String() string { return string(*f) }

func (f *format) Type() string { return "format" }

func (f *format) Set(text string) error {
	switch format(text) {
	case asTable, asJSON:
		*f = format(text)
		return nil
	}
	return fmt.Errorf("want %s or %s", asTable, asJSON)
}

// print writes value as JSON, or the header and rows as a table.
func (f format) print(w io.Writer, value any, header []string, rows [][]string) error {
	if f == asTable {
		return table.Write(w, header, rows)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
