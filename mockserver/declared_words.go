package mockserver

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/understudy-dev/understudy/spec"
)

// Errors of a document often have a member that says in one of a few words what went wrong. Which of them is meant is told
// by what they say, for HTTP and JSON Schema have their own words for it.

// situation is what a refusal is about, in words: each with how much it says.
type situation struct {
	status   int
	words    map[string]int
	picks    sync.Map // *spec.Schema -> picked
	examples sync.Map // *spec.MediaType -> any
}

// situated names a situation. There are as many as reasons, statuses and rules.
type situated struct {
	reason spec.Reason
	status int
	rule   string // that all findings are of; "" where they are of several
	absent bool   // what was found is that something is not there
}

// statusWords are words that the errors of a status are told in, beside those of its name.
var statusWords = map[int]string{
	400: "malformed invalid syntax parse parsing decode json body validation request",
	401: "auth authenticated unauthenticated authentication unauthorised credential token login key",
	403: "permission access denied insufficient scope authorization authorisation right privilege not allowed",
	404: "missing nonexistent no such unknown does not exist",
	405: "unsupported", 406: "unacceptable",
	409: "already exist duplicate taken unique", 412: "condition etag match stale modified changed",
	413: "payload content body too size limit exceeded", 414: "uri url", 415: "content unknown",
	422: "invalid validation unprocessable parameter argument param input field property value body query bad request",
	428: "condition missing", 429: "rate limit limited exceeded throttled throttling quota",
	500: "internal unexpected", 501: "unsupported supported", 503: "overloaded busy temporarily maintenance",
	504: "timed out", 507: "full limit",
}

// ruleWords are words that a rule is told in which a message broke.
var ruleWords = map[string]string{
	"required": "missing required absent blank", "dependentRequired": "missing required", "type": "type wrong",
	"enum": "option choice unsupported", "const": "choice",
	"minimum": "range small low minimum out", "maximum": "range large high maximum out",
	"exclusiveMinimum": "range small low out", "exclusiveMaximum": "range large high out", "minLength": "length short small",
	"maxLength": "length long large", "minItems": "few", "maxItems": "many", "format": "format malformed", "pattern": "format pattern",
	"uniqueItems": "duplicate unique", "additionalProperties": "unknown unexpected unrecognized extra additional",
	"unevaluatedProperties": "unknown unexpected unrecognized extra additional", "record": "id",
	"relation": "reference unknown missing no such not found", "owner": "reference unknown missing no such not found",
	"path": "path route endpoint url",
}

// Words that say nothing beyond that something went wrong, whose fault it was, and that nothing more is said.
const (
	plainWords = "error err e fault failure failed fail exception problem code http status " +
		"response of the a is was"
	thingWords   = "resource record object entity item" // of the record, where it is what is wrong
	clientWords  = "invalid bad request client input"
	serverWords  = "internal server api unexpected"
	generalWords = "unknown other unspecified general generic default undefined misc none"
	goodWords    = "ok success successful succeeded none info warning"
)

// lexicon are the words above, each with the kinds of words it is among.
var lexicon = sync.OnceValue(func() map[string]wordKind {
	out := map[string]wordKind{}
	for _, l := range []struct {
		kind wordKind
		text string
	}{
		{plainWord, plainWords}, {clientWord, clientWords}, {serverWord, serverWords}, {generalWord, generalWords}, {goodWord, goodWords},
	} {
		for _, w := range wordsOf(l.text) {
			out[w] |= l.kind
		}
	}
	return out
})

type wordKind uint8

const (
	plainWord wordKind = 1 << iota
	clientWord
	serverWord
	generalWord
	goodWord
)

// situation is what a refusal with a status is about.
func (s *Server) situation(row Problem, status int, fs []spec.Finding) *situation {
	at := situated{reason: row.Reason, status: status}
	if len(fs) > 0 && !slices.ContainsFunc(fs, func(f spec.Finding) bool { return f.Rule != fs[0].Rule }) {
		at.rule, at.absent = fs[0].Rule, fs[0].Actual == "nothing"
	}
	if known, ok := s.situations.Load(at); ok {
		return known.(*situation)
	}
	made := newSituation(at, row.Status)
	s.situations.Store(at, made)
	return made
}

// newSituation puts together the words of a situation; usual is the status of its reason, where another is answered.
func newSituation(at situated, usual int) *situation {
	s := &situation{status: at.status, words: map[string]int{}}
	add := func(text string, worth int) {
		for _, w := range wordsOf(text) {
			s.words[w] = max(s.words[w], worth)
		}
	}
	for _, n := range []int{at.status, usual} {
		add(statusWords[n], 2)
		name := http.StatusText(n)
		add(name, 3)
		add(strings.ReplaceAll(name, " ", ""), 6)
		add(itoa(n), 6)
	}
	if slices.Contains([]int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed}, usual) {
		add(thingWords, 0)
	}
	if usual == http.StatusUnauthorized {
		add("api", 0) // key
	}
	add(string(at.reason), 3)
	add(ruleWords[at.rule], 4)
	switch {
	case usual != http.StatusUnauthorized:
	case at.absent:
		add("missing required no", 2)
	default:
		add("invalid malformed", 2)
	}
	return s
}

// fitness is how well a word tells a situation; more is better.
type fitness struct{ tier, score int }

// The tiers: a word may say what is not so, say nothing, say no more than that there is an error, whose fault it is, or
// what went wrong. Those from plainly on say nothing false.
const (
	falsely = iota
	strangely
	vaguely
	broadly
	plainly
	exactly
)

func (s *situation) fitness(text string) fitness {
	words, kinds := wordsOf(text), lexicon()
	side := serverWord
	if s.status < http.StatusInternalServerError {
		side = clientWord
	}
	score, other := 0, 0
	count := map[wordKind]int{}
	for _, w := range words {
		worth, known := s.words[w]
		score += worth
		if !known && kinds[w]&plainWord == 0 {
			other++
		}
		for _, kind := range []wordKind{plainWord, plainWord | side, plainWord | generalWord, goodWord} {
			if kinds[w]&kind != 0 {
				count[kind]++
			}
		}
	}
	switch all := len(words); {
	case all == 0:
		return fitness{strangely, 0}
	case score > 0 && other == 0:
		return fitness{exactly, 100*score - all}
	case count[goodWord] == all:
		return fitness{falsely, 0}
	case count[plainWord] == all:
		return fitness{plainly, -all}
	case count[plainWord|side] == all:
		return fitness{broadly, -all}
	case count[plainWord|generalWord] == all:
		return fitness{vaguely, -all}
	default:
		return fitness{strangely, 100*score/all - 200*other}
	}
}

// picked is the value of an enum for a situation, and how well it tells it.
type picked struct {
	value any
	fitness
}

// pick is the value of a schema's enum that tells the situation best. Where several do equally it is the first one.
func (s *situation) pick(schema *spec.Schema) picked {
	if known, ok := s.picks.Load(schema); ok {
		return known.(picked)
	}
	var best picked
	for _, v := range schema.Enum {
		text, isText := v.(string)
		if n, isNumber := v.(json.Number); isNumber {
			text = n.String()
		} else if !isText {
			continue
		}
		f := s.fitness(text)
		if best.value == nil || f.tier > best.tier || f.tier == best.tier && f.score > best.score {
			best = picked{v, f}
		}
	}
	s.picks.Store(schema, best)
	return best
}

// wordsOf splits a text into its words, in lower case and without the s of a plural: "NotFoundError", "not_found-errors".
func wordsOf(text string) []string {
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			w := strings.ToLower(string(word))
			if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
				w = w[:len(w)-1]
			}
			out, word = append(out, w), word[:0]
		}
	}
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case i > 0 && unicode.IsUpper(r) && unicode.IsLower(runes[i-1]):
			end()
		case i > 0 && i+1 < len(runes) && unicode.IsUpper(r) && unicode.IsUpper(runes[i-1]) && unicode.IsLower(runes[i+1]):
			end()
		case i > 0 && unicode.IsDigit(r) != unicode.IsDigit(runes[i-1]):
			end()
		}
		word = append(word, r)
	}
	end()
	return out
}
