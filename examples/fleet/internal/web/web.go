// Package web holds the gateway's status page. Its files are compiled into
// the program, so that the gateway is one file to copy.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"time"

	"example.com/fleet/internal/inventory"
)

//go:embed assets
var files embed.FS

// Page is what the status page shows.
type Page struct {
	Version string
	Summary inventory.Summary
	Devices []inventory.Status
}

// Site renders the page and serves the files it refers to.
type Site struct {
	page   *template.Template
	assets fs.FS
}

// New reads the embedded files.
func New() (*Site, error) {
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		return nil, err
	}
	functions := template.FuncMap{"rfc3339": func(t time.Time) string { return t.Format(time.RFC3339) }}
	page, err := template.New("status.html.tmpl").Funcs(functions).ParseFS(assets, "status.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("status page: %w", err)
	}
	return &Site{page: page, assets: assets}, nil
}

// Render writes the whole page or, if it fails, nothing.
func (s *Site) Render(w io.Writer, page Page) error {
	var text bytes.Buffer
	if err := s.page.Execute(&text, page); err != nil {
		return fmt.Errorf("status page: %w", err)
	}
	_, err := text.WriteTo(w)
	return err
}

// Assets serves the style sheet and the icon.
func (s *Site) Assets() http.Handler { return http.FileServerFS(s.assets) }
