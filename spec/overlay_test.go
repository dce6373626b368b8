package spec_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi"

	"github.com/understudy-dev/understudy/spec"
)

const overlayHead = "overlay: 1.1.0\n$self: https://example.com/o/shared.yaml\ninfo: {title: O, version: \"1\"}\n" +
	"components:\n  actions:\n    'a/b': {fields: {update: {shared: 1}, description: d}}\n    gone: {fields: {remove: true}}\nactions:\n"

const overlaid = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a: {get: {parameters: [{name: p, in: query}, {name: q, in: query}], responses: {"200": {description: ok}}}}
  /b: {get: {responses: {"200": {description: ok}}}, post: {tags: [x], responses: {"201": {description: made}}}}
x-base: &base {one: 1, two: [1, 2]}
x-used: *base
x-merged: {<<: *base, three: 3}
x-text: |
  some
  lines
x-list: [old, {name: n}, 7, null]
x-deep: {items: [one], child: {items: [two], child: {items: [three]}}}
`

const next = "\n  - " // action

// Overlays are applied as libopenapi applies them; what it refuses is refused.
func TestOverlaysLikeTheLibrary(t *testing.T) {
	t.Parallel()
	refused := []string{
		`{target: $.info.title, update: {}}`,
		`{target: $.info, update: 7}`,
		`{target: "$['x-list'][*]", update: x}`,
		`{target: "$['x-used']", update: {one: 2}}`,
		`{target: "$['x-list']", copy: "$.paths.*"}`,
		`{target: "$['x-list']", copy: $.nothing}`,
		`{target: $.info, copy: $.x-base, update: {a: 1}}`,
		`{target: $.nothing, update: {a: 1}}`,
		`{target: "$.paths[", update: {a: 1}}`,
		`{$ref: "#/components/actions/nothing", target: $.info}`,
		`{$ref: "other.yaml#/components/actions/gone", target: $.info}`,
		`{update: {a: 1}}`,
		``,
	}
	for _, actions := range append(refused, []string{
		`{target: $.info, update: {title: New, x-a: {b: [1, {c: d}]}}}`,
		`{target: $.info.title, update: 7}`,
		`{target: "$['x-list']", update: {name: m}}`,
		`{target: "$['x-list']", update: [a, b]}`,
		`{target: "$['x-list']", update: null}`,
		`{target: "$['x-list'][0,0]", remove: true}`,
		`{target: "$['x-list'][?@.name == 'n']", update: {name: m, more: true}}`,
		`{target: "$.paths.*.get", update: {deprecated: true, tags: [t]}}`,
		`{target: "$.paths.*.*.responses", update: {"404": {description: none}}}`,
		`{target: "$.paths['/a'].get.parameters[?@.name == 'p']", remove: true}`,
		`{target: "$..parameters[1:]", remove: true}`,
		`{target: "$.paths.*[?@.tags]", update: {summary: tagged}}`,
		`{target: "$..[?@.description == 'ok']", update: {x-ok: true}}`,
		`{target: "$..description^", update: {x-parent: true}}`,
		`{target: "$['x-text']", update: "other\nlines\n"}`,
		`{target: "$['x-base']", update: {two: [3], four: {five: 5}}}`,
		`{target: "$['x-merged']", update: {one: 2}}`,
		`{target: "$['x-deep'].child", copy: "$['x-deep']"}`,
		`{target: "$..child", copy: "$['x-base']"}`,
		`{target: "$['x-list']", copy: $.info}`,
		`{target: $.info, copy: "nonsense[", update: {a: 1}, remove: true}`,
		`{target: $, update: {x-new: {a: &a {b: 1}, c: *a}}}`,
		`{$ref: "#/components/actions/a~1b", target: $.info}`,
		`{$ref: "shared.yaml#/components/actions/a~1b", target: $.info, update: {own: 1}}`,
		`{$ref: "#/components/actions/gone", target: "$['x-list']"}`,
		`{$ref: "#/components/actions/gone", target: $.info, remove: false, update: {a: 1}}`,
		`{target: "$['x-list']", update: {name: two}}` + next + `{target: "$['x-list'][?@.name == 'two']", remove: true}` + next + `{target: "$['x-list'][0]", remove: true}`,
		`{target: "$..items", update: [new]}` + next + `{target: "$..items[-1]", remove: true}` + next + `{target: "$..child.child", remove: true}`,
	}...) {
		ov := overlayHead + "  - " + actions + "\n"
		mine, err := spec.WithOverlays(spec.Source{Name: "api.yaml", Data: []byte(overlaid)}, spec.Source{Name: "overlay.yaml", Data: []byte(ov)})
		theirs, theirErr := libopenapi.ApplyOverlayFromBytesToSpecBytes([]byte(overlaid), []byte(ov))
		refuse := slices.Contains(refused, actions)
		if (err != nil) != refuse || refuse != (theirErr != nil || len(theirs.Warnings) > 0) {
			t.Errorf("%s: error %v, the library's %v", actions, err, theirErr)
			continue
		}
		if refuse {
			if !strings.HasPrefix(err.Error(), "overlay.yaml:") {
				t.Errorf("%s: %v", actions, err)
			}
			continue
		}
		if got, want := decodeYAML(t, mine.Text), decodeYAML(t, theirs.Bytes); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%s\nthe library:\n%s", actions, mine.Text, theirs.Bytes)
		}
	}
}

func decodeYAML(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// An error about an action names the overlay, the line, the action and the way out. What would never end, or take the
// memory of the machine, is refused before it is begun.
func TestOverlaysAreBounded(t *testing.T) {
	t.Parallel()
	deep := "x-chain: " + strings.Repeat("{a: [", 150) + "1" + strings.Repeat("]}", 150) + "\n"
	big := "x-text: " + strings.Repeat("long ", 100_000) + "\nx-many: {" + strings.Repeat("a", 10) + ": 1" + manyKeys(20_000) + "}\n"
	for actions, want := range map[string]string{
		"{target: \"$..*..*..*..*..*..*..*\", remove: true}":                                                                       "takes too long",
		"{target: \"$..[?@..[?@..[?@..a]]]\", remove: true}":                                                                       "takes too long",
		"{target: \"$..*^..*^..*^..*^..*^..*\", remove: true}":                                                                     "takes too long",
		"{target: \"$" + strings.Repeat("[*,*,*,*]", 40) + "\", remove: true}":                                                     "takes too long",
		"{target: \"$..[?$..a]\", remove: true}":                                                                                   "takes too long",
		"{target: \"$" + strings.Repeat(".a", 10_000) + "\", remove: true}":                                                        "more than 8192 bytes",
		strings.Repeat(`{target: "$['x-many']", update: {b: {c: 1}}}`+next, 3) + copies(40):                                        "larger",
		`{target: "$['x-many']", copy: $}` + next + copies(10):                                                                     "larger",
		"{target: \"$..[?@.items]\", copy: $}\n  - {target: \"$..[?@.items]\", copy: $}\n  - {target: \"$..[?@.items]\", copy: $}": "larger",
	} {
		_, err := loadTexts(overlaid+deep+big, overlayHead+"  - "+actions+"\n")
		if err == nil || !strings.HasPrefix(err.Error(), "overlay.yaml:") || !strings.Contains(err.Error(), ": action ") ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%.100s: %v", actions, err)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(", k" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/1000) + ": 1")
	}
	return b.String()
}

// copies doubles a list, again and again.
func copies(times int) string {
	return `{target: "$['x-list']", copy: $}` + strings.Repeat(next+`{target: "$['x-list']", copy: "$['x-list']"}`, times)
}

// A finding about what an overlay says cites the overlay, of a value that was there too.
func TestOverlaidValuesCiteTheOverlay(t *testing.T) {
	t.Parallel()
	d := load(t, withSchema("3.1.0", "{type: object, properties: {a: {type: integer, maximum: 5}}}"), overlayHead+
		"  - target: $.components.schemas.S.properties.a\n    update:\n      maximum: 3\n      minimum: 1\n")
	for body, line := range map[string]int{`{"a":4}`: 11, `{"a":0}`: 12} {
		_, r := d.Operation("s").CheckRequest(message(body))
		if r == nil || len(r.Findings) != 1 || r.Findings[0].Document.File != "overlay.yaml" || r.Findings[0].Document.Line != line {
			t.Errorf("%s: %+v", body, r)
		}
	}
}
