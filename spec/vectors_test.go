package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// suiteDir is where files of the JSON Schema test suite lie, beside the repository.
const suiteDir = "../../shared/vectors/json-schema-test-suite"

// suiteExceptions are the cases of the suite that we decide otherwise, by file, group and description, with the reason.
var suiteExceptions = map[string]string{}

type suiteGroup struct {
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"schema"`
	Tests       []struct {
		Description string          `json:"description"`
		Data        json.RawMessage `json:"data"`
		Valid       bool            `json:"valid"`
	} `json:"tests"`
}

// The suite goes through the validation that the server uses, in documents of both dialects.
func TestSuite(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join(suiteDir, "format", "*.json"))
	multipleOf, _ := filepath.Glob(filepath.Join(suiteDir, "multipleOf.json"))
	if files = append(files, multipleOf...); len(files) == 0 {
		t.Skip("the files of the JSON Schema test suite are not beside the repository")
	}
	checked, met := 0, map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var groups []suiteGroup
		if err := json.Unmarshal(data, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			checked += runSuiteGroup(t, filepath.Base(file), g, met)
		}
	}
	for name := range suiteExceptions {
		if !met[name] {
			t.Errorf("exception %q is none any more", name)
		}
	}
	t.Logf("%d verdicts", checked)
}

func runSuiteGroup(t *testing.T, file string, g suiteGroup, met map[string]bool) int {
	t.Helper()
	n := 0
	for _, version := range []string{"3.0.3", "3.1.0"} {
		s := bodySchema(t, load(t, withSchema(version, string(strictjson.Compact(g.Schema)))))
		for _, test := range g.Tests {
			v, err := strictjson.Decode(test.Data, strictjson.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			n++
			fs, err := s.Check(v, spec.In)
			if err != nil {
				t.Errorf("%s: %s: %v", file, g.Description, err)
			}
			name := file + ": " + g.Description + ": " + test.Description
			switch {
			case (len(fs) == 0) == test.Valid:
			case suiteExceptions[name] != "":
				met[name] = true
			default:
				t.Errorf("%s: %s: valid %v, want %v", name, test.Data, len(fs) == 0, test.Valid)
			}
		}
	}
	return n
}
