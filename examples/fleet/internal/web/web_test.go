package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/fleet/internal/inventory"
)

func render(t *testing.T, page Page) string {
	t.Helper()
	site, err := New()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := site.Render(&out, page); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPageShowsDevicesEscaped(t *testing.T) {
	device := inventory.Status{State: inventory.Offline}
	device.Name, device.Host.Board = "pump-1", "<b>board</b>"
	text := render(t, Page{Version: "1.2.3", Summary: inventory.Summary{Offline: 1}, Devices: []inventory.Status{device}})
	for _, want := range []string{"pump-1", `<tr class="offline">`, "&lt;b&gt;board", "gateway 1.2.3", "1 offline"} {
		if !strings.Contains(text, want) {
			t.Errorf("page lacks %q:\n%s", want, text)
		}
	}
}

func TestEmptyPageSaysSo(t *testing.T) {
	if text := render(t, Page{}); !strings.Contains(text, "No device has registered yet.") {
		t.Errorf("got\n%s", text)
	}
}

func TestAssetsAreServedWithTheirType(t *testing.T) {
	site, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/style.css": "text/css", "/icon.svg": "image/svg+xml"} {
		answer := httptest.NewRecorder()
		site.Assets().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if got := answer.Header().Get("Content-Type"); answer.Code != http.StatusOK || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %d %s", path, answer.Code, got)
		}
	}
}
