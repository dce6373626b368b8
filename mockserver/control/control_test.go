package control_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
)

// The Go messages and the document name the same members.
func TestMessagesAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	doc, err := spec.Load(control.Source())
	if err != nil {
		t.Fatal(err)
	}
	for name, message := range map[string]any{
		"Info": control.Info{}, "DocumentInfo": control.DocumentInfo{}, "Bounds": control.Bounds{}, "Health": control.Health{},
		"Saved": control.Saved{}, "Outgoing": control.Outgoing{}, "Delivery": control.Delivery{}, "Resource": control.Resource{}, "Records": control.Records{}, "Session": control.Session{},
		"State": control.State{}, "StateFile": control.StateFile{}, "StateDocument": control.StateDocument{},
		"Requests": control.Requests{}, "RequestCount": control.RequestCount{}, "RolledOff": control.RolledOff{},
		"Request": control.Request{}, "Answer": control.Answer{}, "Problem": control.Problem{}, "Finding": spec.Finding{},
		"Location": spec.Location{},
	} {
		schema := doc.SchemaAt("/components/schemas/" + name)
		if schema == nil {
			t.Errorf("no schema %s", name)
			continue
		}
		var want []string
		for _, p := range schema.AllProperties() {
			want = append(want, p.Name)
		}
		always, sometimes := members(reflect.TypeOf(message))
		got := slices.Concat(always, sometimes)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: Go has %q, the document %q", name, got, want)
		}
		slices.Sort(always)
		if required := slices.Sorted(slices.Values(schema.Required)); !slices.Equal(always, required) {
			t.Errorf("%s: Go always sends %q, the document requires %q", name, always, required)
		}
	}
}

// members are the names of a struct's JSON members: those always sent, and those left out when empty.
func members(t reflect.Type) (always, sometimes []string) {
	for f := range t.Fields() {
		name, omit, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			a, s := members(f.Type)
			always, sometimes = append(always, a...), append(sometimes, s...)
		case omit != "":
			sometimes = append(sometimes, name)
		default:
			always = append(always, name)
		}
	}
	return always, sometimes
}

func TestClientSaysWhenItIsNotTalkingToUs(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }))
	defer srv.Close()
	err := control.New(srv.URL).Health(context.Background())
	if err == nil || !strings.Contains(err.Error(), "is not the control API of understudy") {
		t.Errorf("got %v", err)
	}
	if control.IsNotFound(err) {
		t.Error("a 404 of something else counts as a record that is not there")
	}
}
