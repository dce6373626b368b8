package mockserver

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-dev/understudy/spec"
	"github.com/understudy-dev/understudy/spec/strictjson"
)

// room is what of a refusal a member of an error is for.
type room int

const (
	noRoom   room = iota
	typeRoom      // the problem's type, and so on, as they are called in problem documents
	titleRoom
	statusRoom
	detailRoom
	errorsRoom
	codeRoom  // a word, or a number, for programs
	placeRoom // of what is wrong in the message
)

// roomNames are the flat names of members that have room for something.
var roomNames = map[string]room{
	"type": typeRoom, "title": titleRoom, "status": statusRoom, "detail": detailRoom,
	"message": detailRoom, "msg": detailRoom, "errordescription": detailRoom, "errormessage": detailRoom, "description": detailRoom,
	"reason": detailRoom, "error": detailRoom,
	"errors": errorsRoom, "violations": errorsRoom, "issues": errorsRoom, "invalidparams": errorsRoom, "details": errorsRoom,
	"fielderrors": errorsRoom, "validationerrors": errorsRoom,
	"code": codeRoom, "errorcode": codeRoom, "errcode": codeRoom, "statuscode": codeRoom, "httpcode": codeRoom, "httpstatus": codeRoom,
	"httpstatuscode": codeRoom, "responsecode": codeRoom, "reasoncode": codeRoom, "faultcode": codeRoom,
	"param": placeRoom, "parameter": placeRoom, "field": placeRoom, "property": placeRoom, "attribute": placeRoom, "pointer": placeRoom,
	"loc": placeRoom,
}

// roomFor is what of a refusal a member is for, by its name.
func roomFor(name string) room { return roomNames[flatName(name)] }

// saysAlone is the title of an error that has no other text for the reason: it has to tell all.
func saysAlone(o strictjson.Object) string {
	title := ""
	for _, m := range o {
		switch roomFor(m.Name) {
		case titleRoom:
			title = m.Name
		case detailRoom, errorsRoom:
			return ""
		}
	}
	return title
}

// teller puts the reason of a refusal into errors of a document.
type teller struct {
	server   *Server
	row      Problem
	status   int
	problem  strictjson.Object
	findings []spec.Finding
	about    *situation
	// exampled says that the error is the document's own example for the status: what it says and we cannot say better stays.
	// Whole says that nothing is left out.
	exampled, whole bool
	// depth is in how many lists of errors the one that is told is an item.
	depth int
}

// mostErrorDepth is how deep errors are told within errors: a schema may be an item of itself without end.
const mostErrorDepth = 2

// tell puts the reason into an error: members named as in a problem document get its values, texts that by their name say
// what went wrong get the detail, codes the status, enums the value that says it best. What is not required and would say
// what is not so is left out.
func (t teller) tell(schema *spec.Schema, v any) any {
	o, ok := v.(strictjson.Object)
	if !ok {
		return v
	}
	alone, required := saysAlone(o), requiredOf(schema)
	headed := hasHead(o)
	out := make(strictjson.Object, 0, len(o))
	for _, m := range o {
		if s := schema.Property(m.Name); s != nil {
			forms := t.forms(m.Name, s, m.Name == alone)
			if headed && flatName(m.Name) == "error" {
				forms = append(t.heads(o, s), forms...)
			}
			said := slices.IndexFunc(forms, func(v any) bool { return s.Valid(strictjson.Plain(v), spec.Out) })
			keep := true
			switch {
			case t.exampled && t.trusts(m):
			case said >= 0:
				m.Value = forms[said]
			default:
				m.Value, keep = t.chosen(m, s)
			}
			if !keep && !t.whole && !slices.Contains(required, m.Name) {
				continue
			}
		}
		out = append(out, m)
	}
	return out
}

// trusts reports whether what an example of the very status has for programs stays. One of 400 or 422 is of one mistake
// among many.
func (t teller) trusts(m strictjson.Member) bool {
	if r := roomFor(m.Name); r != codeRoom && r != typeRoom && r != titleRoom {
		return false
	}
	text, isText := m.Value.(string)
	many := t.status == http.StatusBadRequest || t.status == http.StatusUnprocessableEntity
	return isText && (!many || t.about.fitness(text).tier >= plainly)
}

// forms are the ways in which a member may tell the reason, the best first.
func (t teller) forms(name string, s *spec.Schema, alone bool) []any {
	detail, _ := t.problem.Get("detail")
	var out []any
	switch r := roomFor(name); {
	case alone:
		return clipped(detail, s)
	case r == codeRoom || r == noRoom && strings.HasSuffix(flatName(name), "code"):
		out = t.codes(s)
	case r == statusRoom:
		out = []any{t.status64(), itoa(t.status)}
	case r == detailRoom:
		out = clipped(detail, s)
	case r == errorsRoom:
		faults, _ := t.problem.Get("errors")
		out = append(errorForms(faults), clipped(detail, s)...)
	case r == placeRoom:
		out = t.places(flatName(name))
	case r == typeRoom, r == titleRoom:
		same, _ := t.problem.Get(flatName(name))
		out = []any{same}
	}
	if len(out) > 0 && s.Items != nil && s.Allows("array") {
		out = append(out, t.items(s.Items))
	}
	switch flat := flatName(name); {
	case !slices.Contains(s.Types, "boolean"):
	case slices.Contains(yes, flat):
		out = append(out, false)
	case flat == "error", flat == "failed", flat == "failure":
		out = append(out, true)
	}
	return out
}

// hasHead reports whether an error has a member error beside another text for the reason: it is the heading then.
func hasHead(o strictjson.Object) bool {
	return slices.ContainsFunc(o, func(m strictjson.Member) bool {
		return roomFor(m.Name) == detailRoom && flatName(m.Name) != "error"
	})
}

// heads are what a heading says: a word for programs where an error_description follows, as OAuth has it, else a title.
func (t teller) heads(o strictjson.Object, s *spec.Schema) []any {
	if slices.ContainsFunc(o, func(m strictjson.Member) bool { return flatName(m.Name) == "errordescription" }) {
		return t.codes(s)
	}
	title, _ := t.problem.Get("title")
	return []any{title}
}

// clipped is a text, and as much of it as a schema has room for.
func clipped(text any, s *spec.Schema) []any {
	whole, _ := text.(string)
	if s.MaxLength == nil || *s.MaxLength < 1 || utf8.RuneCountInString(whole) <= *s.MaxLength {
		return []any{text}
	}
	return []any{string([]rune(whole)[:*s.MaxLength-1]) + "\u2026"}
}

func (t teller) status64() any {
	status, _ := t.problem.Get("status")
	return status
}

// codes are the reason as a word in the forms that codes have, and the status.
func (t teller) codes(s *spec.Schema) []any {
	if !s.Allows("string") {
		return []any{t.status64()}
	}
	word := string(t.row.Reason)
	snake := strings.ReplaceAll(word, "-", "_")
	return []any{word, snake, strings.ToUpper(snake), itoa(t.status), t.status64()}
}

// places are where the first finding is, in the forms that errors have for that; none where it has no place.
func (t teller) places(name string) []any {
	if len(t.findings) == 0 || t.findings[0].Pointer == "" {
		return nil
	}
	f := t.findings[0]
	path := strictjson.Segments(f.Pointer)
	whole := []any{f.In}
	for _, p := range path {
		whole = append(whole, p)
	}
	if name == "pointer" {
		return []any{f.Pointer, strings.Join(path, "."), whole}
	}
	return []any{path[len(path)-1], f.Pointer, whole}
}

// items are the findings as errors of their own, each by the schema of an item; none below mostErrorDepth.
func (t teller) items(schema *spec.Schema) any {
	out := []any{}
	if t.depth >= mostErrorDepth {
		return out
	}
	made := t.server.madeError(schema)
	for _, f := range t.findings {
		one := t
		one.findings = []spec.Finding{f}
		one.problem = problemObject(t.row, t.status, detailOf(t.row, one.findings), one.findings)
		one.about = t.server.situation(t.row, t.status, one.findings)
		one.exampled = false
		one.depth++
		out = append(out, one.tell(schema, made))
	}
	return out
}

// chosen is the value of a member for which the reason has no form of its own; false where it would say what is not so.
func (t teller) chosen(m strictjson.Member, s *spec.Schema) (any, bool) {
	enum := s
	if len(s.Enum) == 0 && len(s.AllOf) == 1 {
		enum = s.AllOf[0]
	}
	if len(enum.Enum) > 0 {
		best := t.about.pick(enum)
		switch {
		case best.value != nil && (best.tier >= plainly || !t.exampled && best.tier == broadly && s.Default == nil):
			return best.value, best.tier >= plainly
		case t.exampled:
			return m.Value, !slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity}, t.status)
		case s.Default != nil:
			return *s.Default, true
		case best.value != nil:
			return best.value, false
		}
		return m.Value, false
	}
	if s.Allows("object") {
		return t.tell(s, m.Value), true
	}
	return m.Value, t.exampled || roomFor(m.Name) == noRoom
}

// errorForms are the forms that errors are told in: findings, texts by the name of what they are about, in lists or alone,
// and texts.
func errorForms(errors any) []any {
	findings, _ := errors.([]any)
	lists, alone, texts := strictjson.Object{}, strictjson.Object{}, []any{}
	for _, f := range findings {
		finding, _ := f.(strictjson.Object)
		word := func(name string) string {
			v, _ := finding.Get(name)
			text, _ := v.(string)
			return text
		}
		name := word("in")
		if pointer := word("pointer"); pointer != "" {
			name = pointer[strings.LastIndexByte(pointer, '/')+1:]
		}
		text := "want " + word("expected") + ", got " + word("actual")
		if hint := word("hint"); hint != "" {
			text += "; " + hint
		}
		var before []any
		if had, there := lists.Get(name); there {
			before, _ = had.([]any)
		} else {
			alone = append(alone, strictjson.Member{Name: name, Value: text})
		}
		lists = lists.With(name, append(slices.Clip(before), text))
		texts = append(texts, name+": "+text)
	}
	return []any{errors, lists, alone, texts}
}
