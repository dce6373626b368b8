package spec_test

import (
	"encoding/json"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// TestIDPlaceNowhere: a place that is nowhere has no id, and puts none anywhere.
func TestIDPlaceNowhere(t *testing.T) {
	t.Parallel()
	var nowhere spec.IDPlace
	record := strictjson.Object{{Name: "", Value: "x"}, {Name: "id", Value: json.Number("1")}}
	if _, there := nowhere.Of(record); there || !nowhere.None() || nowhere.Own() || nowhere.Is("") || nowhere.Holds("") {
		t.Error("it is somewhere")
	}
	if got := nowhere.With(record, "y"); len(got) != 2 || got[0].Value != "x" {
		t.Errorf("it put an id into %v", got)
	}
	if nowhere.Pointer() != "" || nowhere.String() != "" || nowhere.In(&spec.Schema{}) != nil {
		t.Error("it has a name")
	}
}
