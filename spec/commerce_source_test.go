package spec_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi"
)

func readSource(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// The pages name no operation, require nothing but the path parameters and give sales reps no schema;
// whatever we think we know beyond that belongs in the overlay.
func TestCommerceIsAsPublished(t *testing.T) {
	t.Parallel()
	var document map[string]any
	if err := yaml.Unmarshal(readSource(t, "commerce.yaml"), &document); err != nil {
		t.Fatal(err)
	}
	eachObject(document, "", func(at string, object map[string]any) {
		for key := range object {
			switch {
			case key == "operationId", key == "SalesRep", key == "nullable", strings.HasPrefix(key, "x-"):
				t.Errorf("%s/%s is not published", at, key)
			case key == "required" && (object["name"] != "id" || object["in"] != "path"):
				t.Errorf("%s/required is not published: only a path's id is", at)
			}
		}
	})
}

func TestCommerceOverlayApplies(t *testing.T) {
	t.Parallel()
	result, err := libopenapi.ApplyOverlayFromBytesToSpecBytes(
		readSource(t, "commerce.yaml"), readSource(t, "commerce.overlay.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range result.Warnings {
		t.Error(warning)
	}
	model, err := result.OverlayDocument.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/calls/{id}": "updateCall", "/meetings/{id}": "updateMeeting"} {
		if item, ok := model.Model.Paths.PathItems.Get(path); !ok || item.Patch == nil {
			t.Errorf("%s has no PATCH", path)
		} else if got := item.Patch.OperationId; got != want {
			t.Errorf("PATCH %s is called %q, want %q", path, got, want)
		}
	}
	if _, ok := model.Model.Components.Schemas.Get("SalesRep"); !ok {
		t.Error("the overlay adds no SalesRep schema")
	}
}

// eachObject calls visit for every object in value, with its JSON pointer.
func eachObject(value any, at string, visit func(at string, object map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		visit(at, value)
		for key, member := range value {
			eachObject(member, at+"/"+strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1"), visit)
		}
	case []any:
		for _, item := range value {
			eachObject(item, at+"/-", visit)
		}
	}
}
