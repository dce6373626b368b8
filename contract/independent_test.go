package contract_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// object is a JSON object; its numbers keep their text.
type object = map[string]any

// independent is a correct server written against the two published pages alone, with nothing but the standard
// library:
// it shares no line with the mock, so what both keep is in the pages and not in a common mistake.
type independent struct {
	mu    sync.Mutex
	store map[string]map[string]object // by collection and id; representatives are "reps"
	twist twist
}

// twist is where faults and variations reach into the independent server. A nil field changes nothing.
type twist struct {
	takes   func(field string, v any) bool // a value that the rules of a field forbid, or whatever else
	refuses func(field string, v any) bool // a value that the rules of a field allow
	lenient func(body []byte) object       // reads a body that is no JSON object; nil where it cannot
	change  func(collection, id string, rec, changes object) object
	merge   func(rec, changes object) object
	keep    func(s *independent, collection, id string, old, rec object) object // what is stored in the end
	answer  func(collection, id string, sent, rec object) object
	refused func(s *independent, collection, id string, changes object)
	unlock  func() // called between reading and writing, with the store unlocked
	anyType bool   // takes bodies of other media types
	depth   func(text string) (int, bool)
}

const (
	firstCall    = "call_3d9k2j8s7d2k"
	firstMeeting = "met_3kd93d3j93d2"
	firstRep     = "rep_3kd93d3j93d2"
)

func newIndependent() *independent {
	s := &independent{store: map[string]map[string]object{"calls": {}, "meetings": {}, "reps": {}}}
	for i, id := range []string{firstCall, "call_8f2m1q6z4x9b", "call_5t7w3n1c8v2e"} {
		s.store["calls"][id] = object{
			"id": id, "note": "Follow up with more information", "time": "2023-09-20T14:00:00Z",
			"rating": json.Number(fmt.Sprint(5 - i)), "ratingNote": "Excellent call, potential sale",
			"transcript": "Transcript of the call here", "audioRecording": object{"url": "http://example.com/audio"},
			"conversationURL": "http://example.com/conversation", "externalPhoneNumber": "(212) 555-0123",
			"internalPhoneNumber": fmt.Sprintf("212 555-01%02d", i),
		}
	}
	for i, id := range []string{firstMeeting, "met_7h4j2k9l1p3o", "met_2s8d5f7g1h4j"} {
		rep := []string{firstRep, "rep_9q8w7e6r5t4y"}[i%2]
		s.store["meetings"][id] = object{
			"id": id, "time": "2024-03-12T10:00:00Z", "note": "Discuss annual contract terms",
			"email": "contact@example.com", "salesRep": rep, "phoneNumber": fmt.Sprintf("555-019%d", i),
		}
		s.store["reps"][rep] = object{
			"id": rep, "emails": []any{"rep@example.com"}, "lastName": "Smith", "firstName": "John",
			"templates": []any{"Template ID"}, "creditBands": []any{"Good", "Excellent"}, "primaryEmail": "rep@example.com",
			"phoneNumbers": []any{"555-0182"}, "primaryPhoneNumber": "555-0182", "isAcceptingNewLeads": true,
		}
	}
	return s
}

// ids are the records that the suite may use.
func (s *independent) ids() map[string][]string {
	return map[string][]string{
		"calls":    {firstCall, "call_8f2m1q6z4x9b", "call_5t7w3n1c8v2e"},
		"meetings": {firstMeeting, "met_7h4j2k9l1p3o", "met_2s8d5f7g1h4j"},
	}
}

// refusal is why a request is refused.
type refusal struct {
	status int
	reason string
}

func (r *refusal) Error() string { return r.reason }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

func (s *independent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := s.serve(w, r)
	w.Header().Set("Content-Type", "application/json")
	var no *refusal
	if errors.As(err, &no) {
		w.WriteHeader(no.status)
		_ = json.NewEncoder(w).Encode(object{"success": false, "error": no.reason})
		return
	}
	_ = json.NewEncoder(w).Encode(object{"data": answer, "success": true})
}

var itemPath = regexp.MustCompile(`^/api/(calls|meetings)/([^/]+)$`)

func (s *independent) serve(w http.ResponseWriter, r *http.Request) (object, error) {
	m := itemPath.FindStringSubmatch(r.URL.Path)
	if m == nil {
		return nil, refuse(http.StatusNotFound, "no such path")
	}
	if r.Method != http.MethodPatch {
		w.Header().Set("Allow", http.MethodPatch)
		return nil, refuse(http.StatusMethodNotAllowed, "only PATCH is possible here")
	}
	depth, err := s.depth(r)
	if err != nil {
		return nil, err
	}
	changes, err := s.body(r)
	if err != nil {
		return nil, err
	}
	return s.update(m[1], m[2], depth, changes)
}

// depth is the number of levels of related objects that is asked for.
func (s *independent) depth(r *http.Request) (int, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "the query cannot be read")
	}
	if !query.Has("depth") {
		return 1, nil
	}
	text := query.Get("depth")
	if s.twist.depth != nil {
		if n, ok := s.twist.depth(text); ok {
			return n, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "depth must be an integer")
	}
	return n, nil
}

func (s *independent) body(r *http.Request) (object, error) {
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<20))
	if err != nil {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the body is too large")
	}
	if len(text) == 0 {
		return object{}, nil
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(media), "application/json") && !s.twist.anyType {
		return nil, refuse(http.StatusUnsupportedMediaType, "the body must be application/json")
	}
	o, err := decode(text)
	if err != nil && s.twist.lenient != nil {
		if read := s.twist.lenient(text); read != nil {
			return read, nil
		}
	}
	return o, err
}

// decode reads one JSON object: UTF-8, nothing after it, no member twice.
func decode(text []byte) (object, error) {
	if !utf8.Valid(text) {
		return nil, refuse(http.StatusBadRequest, "the body is no UTF-8")
	}
	if err := distinctMembers(json.NewDecoder(bytes.NewReader(text))); err != nil {
		return nil, refuse(http.StatusBadRequest, "the body is no JSON: %s", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, refuse(http.StatusBadRequest, "the body is no JSON: %s", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, refuse(http.StatusBadRequest, "there is text after the body")
	}
	o, ok := v.(object)
	if !ok {
		return nil, refuse(http.StatusUnprocessableEntity, "the body must be an object")
	}
	return o, nil
}

// distinctMembers walks one value.
func distinctMembers(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	open, _ := t.(json.Delim)
	seen := map[any]bool{}
	for open != 0 && d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if seen[name] {
				return errors.New("a member is there twice")
			}
			seen[name] = true
		}
		if err := distinctMembers(d); err != nil {
			return err
		}
	}
	if open != 0 {
		_, err = d.Token()
	}
	return err
}

func (s *independent) update(collection, id string, depth int, changes object) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec, ok := s.store[collection][id]
	if !ok {
		return nil, refuse(http.StatusNotFound, "no such record")
	}
	if err := s.check(collection, id, changes); err != nil {
		if s.twist.refused != nil {
			s.twist.refused(s, collection, id, changes)
		}
		return nil, err
	}
	if s.twist.unlock != nil {
		s.mu.Unlock()
		s.twist.unlock()
		s.mu.Lock()
	}
	sent := maps.Clone(changes)
	if s.twist.change != nil {
		changes = s.twist.change(collection, id, rec, maps.Clone(changes))
	}
	if err := s.link(collection, rec, changes); err != nil {
		return nil, err
	}
	merge := patch
	if s.twist.merge != nil {
		merge = s.twist.merge
	}
	updated := merge(rec, changes)
	stored := updated
	if s.twist.keep != nil {
		stored = s.twist.keep(s, collection, id, rec, updated)
	}
	s.store[collection][id] = stored
	shown := s.show(updated, depth)
	if s.twist.answer != nil {
		shown = s.twist.answer(collection, id, sent, shown)
	}
	return shown, nil
}

// patch is JSON merge patch, RFC 7396.
func patch(old, changes object) object {
	out := maps.Clone(old)
	if out == nil {
		out = object{}
	}
	for name, v := range changes {
		if inner, ok := v.(object); ok {
			before, _ := out[name].(object)
			v = patch(before, inner)
		}
		if v == nil {
			delete(out, name)
		} else {
			out[name] = v
		}
	}
	return out
}

// link replaces a related object by its id, and keeps what it says of the related record.
func (s *independent) link(collection string, rec, changes object) error {
	o, ok := changes["salesRep"].(object)
	if collection != "meetings" || !ok {
		return nil
	}
	id, ok := o["id"].(string)
	if !ok {
		id, _ = rec["salesRep"].(string)
	}
	s.store["reps"][id] = patch(s.store["reps"][id], o)
	changes["salesRep"] = id
	return nil
}

// show is a record as it is answered.
func (s *independent) show(rec object, depth int) object {
	out := maps.Clone(rec)
	id, _ := rec["salesRep"].(string)
	if rep := s.store["reps"][id]; rep != nil && depth > 0 {
		out["salesRep"] = rep
	}
	return out
}

// fields are the rules of the two pages.
var fields = map[string]map[string]func(any) bool{
	"calls": {
		"externalPhoneNumber": isPhone, "internalPhoneNumber": isPhone, "ratingNote": isText, "note": isText,
		"rating": isRating, "audioRecording": isObject, "transcript": isText, "conversationURL": isIRI, "time": isDateTime,
	},
	"meetings": {"phoneNumber": isText, "email": isEmail, "time": isDateTime, "note": isText},
	"reps": {
		"id": isText, "emails": isTexts, "lastName": isText, "firstName": isText, "templates": isTexts,
		"creditBands":  isTexts,
		"primaryEmail": isText, "phoneNumbers": isTexts, "primaryPhoneNumber": isText, "isAcceptingNewLeads": isBool,
	},
}

func (s *independent) check(collection, id string, changes object) error {
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		v := changes[name]
		valid, known := fields[collection][name]
		field := strings.TrimSuffix(collection, "s") + "." + name
		switch {
		case s.twist.refuses != nil && s.twist.refuses(field, v):
			return refuse(http.StatusUnprocessableEntity, "%s cannot have this value", name)
		case s.twist.takes != nil && s.twist.takes(field, v):
		case name == "id" && v != any(id):
			return refuse(http.StatusUnprocessableEntity, "id cannot be changed")
		case name == "salesRep":
			if err := s.checkRep(v); err != nil {
				return err
			}
		case known && !valid(v):
			return refuse(http.StatusUnprocessableEntity, "%s cannot have this value", name)
		}
	}
	return nil
}

// checkRep: a representative is given as id or as object.
func (s *independent) checkRep(v any) error {
	switch v := v.(type) {
	case string:
		if s.store["reps"][v] == nil {
			return refuse(http.StatusUnprocessableEntity, "there is no such sales rep")
		}
		return nil
	case object:
		for name, m := range v {
			if valid, known := fields["reps"][name]; known && !valid(m) {
				return refuse(http.StatusUnprocessableEntity, "salesRep.%s cannot have this value", name)
			}
		}
		return nil
	}
	return refuse(http.StatusUnprocessableEntity, "salesRep must be an id or an object")
}

func isText(v any) bool   { _, ok := v.(string); return ok }
func isBool(v any) bool   { _, ok := v.(bool); return ok }
func isObject(v any) bool { _, ok := v.(object); return ok }

func isTexts(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(item any) bool { return !isText(item) })
}

var phone = regexp.MustCompile(`^\+?1?[- ]?\(?([0-9]{3})\)?[- ]?([0-9]{3})-?([0-9]{4})$`)

func isPhone(v any) bool {
	text, ok := v.(string)
	return ok && phone.MatchString(text)
}

// isRating: 0 to 5 in steps of 0.1, in decimals.
func isRating(v any) bool {
	n, ok := v.(json.Number)
	if !ok {
		return false
	}
	r, ok := new(big.Rat).SetString(n.String())
	return ok && r.Sign() >= 0 && r.Cmp(big.NewRat(5, 1)) <= 0 && new(big.Rat).Mul(r, big.NewRat(10, 1)).IsInt()
}

var dateTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:)(\d\d)((?:\.\d+)?)(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// isDateTime: RFC 3339, a leap second at the end of a day of UTC.
func isDateTime(v any) bool {
	text, ok := v.(string)
	m := dateTime.FindStringSubmatch(strings.ToUpper(text))
	if !ok || m == nil {
		return false
	}
	leap := m[2] == "60"
	if leap {
		m[2] = "59"
	}
	at, err := time.Parse(time.RFC3339Nano, m[1]+m[2]+m[3]+m[4])
	at = at.UTC()
	return err == nil && (!leap || at.Hour() == 23 && at.Minute() == 59)
}

var (
	scheme  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	percent = regexp.MustCompile(`%($|[^0-9A-Fa-f]|[0-9A-Fa-f]($|[^0-9A-Fa-f]))`)
)

// isIRI: RFC 3987, with a scheme.
func isIRI(v any) bool {
	text, ok := v.(string)
	if !ok || !scheme.MatchString(text) || percent.MatchString(text) || strings.ContainsAny(text, " <>\"{}|\\^`") {
		return false
	}
	for _, c := range text {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) && c != 0x200d || c&0xFFFE == 0xFFFE {
			return false
		}
	}
	_, err := url.Parse(text)
	return err == nil
}

// isEmail: RFC 6531, as far as addresses go that are in use.
func isEmail(v any) bool {
	text, ok := v.(string)
	at := strings.LastIndexByte(text, '@')
	if !ok || at <= 0 {
		return false
	}
	return isLocalPart(text[:at]) && isDomain(text[at+1:])
}

func isLocalPart(text string) bool {
	if len(text) > 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return !strings.ContainsAny(text[1:len(text)-1], "\"\\\r\n")
	}
	for _, atom := range strings.Split(text, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(c rune) bool {
			return !isWordRune(c) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", c)
		}) {
			return false
		}
	}
	return true
}

func isDomain(text string) bool {
	for _, label := range strings.Split(text, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(c rune) bool { return !isWordRune(c) && c != '-' }) {
			return false
		}
	}
	return true
}

func isWordRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c)
}
