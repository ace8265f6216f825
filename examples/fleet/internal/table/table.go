// Package table prints aligned columns for people to read.
package table

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// Write prints the header and the rows, two spaces between columns. An empty
// field is shown as "-".
func Write(w io.Writer, header []string, rows [][]string) error {
	tabs := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	writeRow(tabs, header)
	for _, row := range rows {
		writeRow(tabs, row)
	}
	return tabs.Flush()
}

// writeRow leaves errors to Flush, which reports the first one.
func writeRow(w io.Writer, fields []string) {
	shown := make([]string, len(fields))
	for i, field := range fields {
		shown[i] = orDash(field)
	}
	fmt.Fprintln(w, strings.Join(shown, "\t"))
}

func orDash(field string) string {
	if field == "" {
		return "-"
	}
	return field
}

// Bytes writes a size in binary units: 1536 is "1.5 KiB".
func Bytes(n uint64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/(1<<10), 0
	for size >= 1<<10 && unit < len(units)-1 {
		size, unit = size/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %s", size, units[unit])
}

var units = []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// Ago writes a duration in its largest unit: "42s", "3m", "5h", "12d".
func Ago(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
}
