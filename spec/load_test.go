package spec_test

import (
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

func embedded(t testing.TB) *spec.Document {
	t.Helper()
	published, overlay := spec.Embedded()
	d, err := spec.Load(published, overlay)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEmbeddedIsLearned(t *testing.T) {
	t.Parallel()
	d := embedded(t)
	for _, o := range d.Operations {
		t.Log(o.ID, o.Method, o.Path, o.Action, o.ItemParam, o.Unfold, o.Success, o.Location)
	}
	for _, r := range d.Resources {
		t.Log(r.Name, r.IDProperty, r.Schema.Location, r.Relations)
	}
	fs, err := d.Operations[0].Body.Content[0].Schema.Check(map[string]any{"rating": "x", "externalPhoneNumber": "555"}, spec.In)
	t.Log(fs, err)
	t.Log(d.Resources[2].Schema.Property("primaryEmail").Location)
}
