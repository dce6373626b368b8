package format

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vectorDir is where the format files of the JSON Schema test suite lie, beside the repository.
const vectorDir = "../../../shared/vectors/json-schema-test-suite/format"

// exceptions are the cases of the suite we disagree with, by file and description, each with the reason.
var exceptions = map[string]string{}

type suiteGroup struct {
	Tests []struct {
		Description string `json:"description"`
		Data        any    `json:"data"`
		Valid       bool   `json:"valid"`
	} `json:"tests"`
}

func TestSuiteVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(vectorDir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the vector files of the JSON Schema test suite are not beside the repository")
	}
	met := map[string]bool{}
	for _, file := range files {
		runSuiteFile(t, file, met)
	}
	for key := range exceptions {
		if !met[key] {
			t.Errorf("exception %q matches no case that disagrees", key)
		}
	}
}

// runSuiteFile runs the string cases of one file and notes in met the exceptions it came across.
func runSuiteFile(t *testing.T, file string, met map[string]bool) {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(file), ".json")
	if !Known(name) {
		t.Errorf("%s: the format is not known", name)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, group := range groups {
		for _, test := range group.Tests {
			s, ok := test.Data.(string)
			if !ok {
				continue
			}
			err := Check(name, s)
			if (err == nil) == test.Valid {
				continue
			}
			key := name + ": " + test.Description
			met[key] = true
			if exceptions[key] == "" {
				t.Errorf("%s: Check(%q) = %v, want valid %v", key, s, err, test.Valid)
			}
		}
	}
}
