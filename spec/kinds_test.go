package spec_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/spec"
)

func kitchen(t *testing.T) *spec.Document {
	t.Helper()
	text, err := os.ReadFile("../contract/testdata/kitchen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Load(spec.Source{Name: "kitchen.yaml", Data: text})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestKindsHaveWhatTheyAloneHave(t *testing.T) {
	t.Parallel()
	d := kitchen(t)
	want := map[string]string{
		"Dish":  "id name kind hot litres tasted | id name kind layers icing",
		"Tool":  "id owner blade length | id owner watts",
		"Spice": "id origin grams | id origin seeds | id origin leaves",
		"Shift": "id type hours sun | id type hours moon",
		"Order": "", "Named": "",
	}
	for name, kinds := range want {
		s := d.SchemaAt("/components/schemas/" + name)
		var got []string
		for _, k := range s.Kinds() {
			var names []string
			for _, p := range k.AllProperties() {
				names = append(names, p.Name)
			}
			got = append(got, strings.Join(names, " "))
		}
		if diff := cmp.Diff(kinds, strings.Join(got, " | ")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAValueIsOfTheKindThatItIsValidFor(t *testing.T) {
	t.Parallel()
	dish := kitchen(t).SchemaAt("/components/schemas/Dish")
	for i, v := range []map[string]any{
		{"id": "a", "name": "b", "kind": "soup", "hot": true, "tasted": "2025-01-01T00:00:00Z"},
		{"id": "a", "name": "b", "kind": "cake", "layers": 1.0},
	} {
		if got := slices.Index(dish.Kinds(), dish.Kind(v, spec.Out)); got != i {
			t.Errorf("%v is of kind %d", v, got)
		}
	}
	if dish.Kind(map[string]any{"kind": "bread"}, spec.Out) != dish {
		t.Error("what is of no kind has one")
	}
	if dish.KindProperty("layers") == nil || dish.Property("layers") != nil || dish.KindProperty("crumbs") != nil {
		t.Error("a property that one kind has is not found as such")
	}
}

func TestPathsWithoutStateAreTold(t *testing.T) {
	t.Parallel()
	d := kitchen(t)
	lost := d.Stateless()
	if len(lost) != 1 || lost[0].Path != "/cooks/{cookId}" || lost[0].Methods() != "GET, PUT, DELETE" ||
		lost[0].Why != "the kinds of its records have ids that no one value can be" {
		t.Errorf("stateless: %+v", lost)
	}
	found := slices.DeleteFunc(spec.Lint(d), func(f spec.Finding) bool { return f.Rule != "state" })
	if len(found) != 1 || found[0].Level != spec.Should || !strings.HasPrefix(found[0].Hint, "GET, PUT, DELETE of /cooks/{cookId} remember nothing") {
		t.Errorf("found %v", found)
	}
}
