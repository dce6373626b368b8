package spec

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// untyped is a value in a notation that has no types: a text, a list, or named parts. What it stands for only the
// schema says.
type untyped struct {
	form  untypedForm
	text  string
	items []untyped
	names []string       // of the items of a named one, each once: what comes twice is a list
	index map[string]int // of the names, where they are many
	ready any            // of a typed one: the value, where the notation does say the type
}

type untypedForm uint8

const (
	aText untypedForm = iota
	aList
	aNamed
	isTyped
)

func textual(s string) untyped { return untyped{text: s} }

func listed(texts []string) untyped {
	u := untyped{form: aList, items: make([]untyped, len(texts))}
	for i, t := range texts {
		u.items[i].text = t
	}
	return u
}

// put adds a named item; one of a name that is there makes a list of both.
func (u *untyped) put(name string, v untyped) {
	if i := u.find(name); i >= 0 {
		if u.items[i].form != aList {
			u.items[i] = untyped{form: aList, items: []untyped{u.items[i]}}
		}
		u.items[i].items = append(u.items[i].items, v)
		return
	}
	u.form = aNamed
	u.names, u.items = append(u.names, name), append(u.items, v)
	if u.index != nil {
		u.index[name] = len(u.names) - 1
	}
}

// find is where a named item is, -1 when it is not there.
func (u *untyped) find(name string) int {
	const few = 16
	if len(u.names) <= few {
		return slices.Index(u.names, name)
	}
	if u.index == nil {
		u.index = make(map[string]int, 2*len(u.names))
		for i, n := range u.names {
			u.index[n] = i
		}
	}
	if i, ok := u.index[name]; ok {
		return i
	}
	return -1
}

// typing gives untyped values the types that schemas ask for.
type typing struct {
	dir Direction
	lim strictjson.Limits
}

// value is what an untyped value stands for under schemas that hold together: the first reading that keeps them, else
// the first that has the right type, else the text it is.
func (t typing) value(u untyped, schemas ...*Schema) any {
	choices := alternatives(schemas...)
	if len(choices) == 1 {
		return t.reading(u, choices[0])
	}
	var fallback any
	found := false
	for _, f := range choices {
		v := t.reading(u, f)
		if facets(schemas).accept(v, t.dir) {
			return v
		}
		if !found && f.kinds().has(kindOf(v)) {
			fallback, found = v, true
		}
	}
	if !found {
		return t.reading(u, choices[0])
	}
	return fallback
}

// reading is what an untyped value stands for under one choice of branches.
func (t typing) reading(u untyped, f facets) any {
	want := f.kinds()
	switch u.form {
	case isTyped:
		if want.has(arrayType) && !want.has(kindOf(u.ready)) {
			return []any{u.ready} // the only one of what may be repeated
		}
		return u.ready
	case aText:
		return t.text(u.text, f, want)
	case aList:
		if !want.has(arrayType) && len(u.items) == 1 {
			return t.reading(u.items[0], f)
		}
		return t.list(u.items, f)
	}
	if want.has(arrayType) && !want.has(objectType) {
		if items, ok := u.byIndex(); ok {
			return t.list(items, f)
		}
	}
	return t.named(u, f)
}

func (t typing) list(items []untyped, f facets) any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = t.value(item, f.item(i)...)
	}
	return out
}

func (t typing) named(u untyped, f facets) any {
	out := make(map[string]any, len(u.names))
	for i, name := range u.names {
		out[name] = t.value(u.items[i], f.member(name)...)
	}
	return out
}

// byIndex are named items as a list, where the names are indexes: a[0]=x&a[1]=y, or a[]=x&a[]=y.
func (u *untyped) byIndex() ([]untyped, bool) {
	type indexed struct {
		at   int
		item untyped
	}
	if len(u.names) == 1 && u.names[0] == "" {
		if u.items[0].form == aList {
			return u.items[0].items, true
		}
		return u.items, true
	}
	all := make([]indexed, len(u.names))
	for i, name := range u.names {
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 {
			return nil, false
		}
		all[i] = indexed{n, u.items[i]}
	}
	slices.SortStableFunc(all, func(a, b indexed) int { return a.at - b.at })
	out := make([]untyped, len(all))
	for i := range all {
		out[i] = all[i].item
	}
	return out, true
}

// text reads a text as a scalar; where only an array or object is wanted, as the JSON it may be, else as its one item.
func (t typing) text(text string, f facets, want kinds) any {
	if len(f) == 0 {
		return text
	}
	if want.has(scalarTypes) {
		return t.scalar(text, f, want)
	}
	if s := strings.TrimSpace(text); s != "" && (s[0] == '{' || s[0] == '[') {
		if v, err := strictjson.Decode([]byte(s), t.lim); err == nil {
			return v
		}
	}
	if want.has(arrayType) {
		return t.list([]untyped{textual(text)}, f)
	}
	return text
}

// scalar reads a text as the number, boolean or null that the schemas allow, the first of these that keeps them all,
// else as the string it is.
func (t typing) scalar(text string, f facets, want kinds) any {
	var found [4]any
	n := 0
	add := func(v any) { found[n], n = v, n+1 }
	if want.has(numberType) && readableNumber(text) {
		add(json.Number(text))
	}
	if want.has(booleanType) && (text == "true" || text == "false") {
		add(text == "true")
	}
	if want.has(stringType) {
		add(text)
	}
	if want.has(nullType) && (text == "" || text == "null") {
		add(nil)
	}
	for _, v := range found[:n] {
		if n > 1 && !f.accept(v, t.dir) {
			continue
		}
		return v
	}
	if n > 0 {
		return found[0]
	}
	return text
}
