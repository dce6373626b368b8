package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

type nodeKind uint8

const (
	nullKind nodeKind = iota
	boolKind
	numberKind
	stringKind
	arrayKind
	objectKind
)

// node is one value of a document with the line it stands on: what is left of the YAML after loading.
type node struct {
	kind  nodeKind
	file  uint16
	line  int32
	text  string // of a scalar
	keys  []string
	kids  []*node
	index map[string]int // of keys, for objects too wide to scan
}

const (
	wideObject = 24
	maxNodes   = 4_000_000
	maxAliased = 200_000 // of them by YAML aliases, which make much of little text
	maxNesting = 400
	maxPointer = 16 << 10 // bytes: every place below a long key repeats it
)

var errTooLarge = fmt.Errorf("the document has more than %d values", maxNodes)

// builder converts YAML into nodes. It expands aliases, so it counts.
type builder struct {
	left    int
	aliased int // values made so far by aliases
	aliases int // being expanded, one within another
	stack   int
	file    uint16                // of the nodes that are not in files
	files   map[*yaml.Node]uint16 // of nodes that an overlay brought
	path    []string              // of keys to the object being built
	length  int                   // of these keys together
	// repeated are keys that are there twice, and keys that are no strings: flaws to be judged when it is known what
	// stands there.
	repeated []oddKey
}

// oddKey is a key that should be another way.
type oddKey struct {
	path []string
	line int32
	file uint16
	tag  string // the YAML type of the key; "" of one that is there twice
	same bool   // twice with equal values
}

// fileOf is the file of a node, as an index of Document.sources.
func (b *builder) fileOf(y *yaml.Node) uint16 {
	if f, ok := b.files[y]; ok {
		return f
	}
	return b.file
}

func (b *builder) build(y *yaml.Node) (*node, error) {
	if b.left--; b.left < 0 {
		return nil, errTooLarge
	}
	if b.aliases > 0 {
		if b.aliased++; b.aliased > maxAliased {
			return nil, fmt.Errorf("line %d: aliases make more than %d values", y.Line, maxAliased)
		}
	}
	if b.stack++; b.stack > maxNesting {
		return nil, fmt.Errorf("line %d: nested deeper than %d levels", y.Line, maxNesting)
	}
	defer func() { b.stack-- }()
	switch y.Kind {
	case yaml.DocumentNode:
		if len(y.Content) == 0 {
			return nil, errors.New("the document is empty")
		}
		return b.build(y.Content[0])
	case yaml.AliasNode:
		b.aliases++
		defer func() { b.aliases-- }()
		return b.build(y.Alias)
	case yaml.MappingNode:
		return b.object(y)
	case yaml.SequenceNode:
		return b.array(y)
	}
	return b.scalar(y), nil
}

func (b *builder) array(y *yaml.Node) (*node, error) {
	n := &node{kind: arrayKind, file: b.fileOf(y), line: int32(y.Line), kids: make([]*node, 0, len(y.Content))}
	for i, c := range y.Content {
		b.path = append(b.path, strconv.Itoa(i))
		kid, err := b.build(c)
		if err != nil {
			return nil, err
		}
		b.path = b.path[:len(b.path)-1]
		n.kids = append(n.kids, kid)
	}
	return n, nil
}

func (b *builder) object(y *yaml.Node) (*node, error) {
	n := &node{kind: objectKind, file: b.fileOf(y), line: int32(y.Line)}
	n.keys = make([]string, 0, len(y.Content)/2)
	n.kids = make([]*node, 0, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		b.path = append(b.path, key.Value)
		if b.length += len(key.Value); b.length > maxPointer {
			return nil, fmt.Errorf("line %d: the keys that lead here have more than %d characters", key.Line, maxPointer)
		}
		kid, err := b.build(y.Content[i+1])
		if err != nil {
			return nil, err
		}
		b.length -= len(key.Value)
		if key.Tag == "!!merge" {
			n.inherit(kid)
		} else {
			// The key's line is where a reader looks: a block value starts one line below it.
			kid.file, kid.line = b.fileOf(key), int32(key.Line)
			b.notice(key, n.get(key.Value), kid)
			n.put(key.Value, kid)
		}
		b.path = b.path[:len(b.path)-1]
	}
	return n, nil
}

// maxOddKeys bounds how many are told.
const maxOddKeys = 1000

func (b *builder) notice(key *yaml.Node, before, kid *node) {
	tag := ""
	if key.Style == 0 { // what is quoted is a string
		tag = key.ShortTag()
	}
	if before == nil && (tag == "" || tag == "!!str") || len(b.repeated) == maxOddKeys {
		return
	}
	odd := oddKey{path: slices.Clone(b.path), line: kid.line, file: kid.file, tag: tag}
	if before != nil {
		odd.tag, odd.same = "", sameNode(before, kid)
	}
	b.repeated = append(b.repeated, odd)
}

func sameNode(a, b *node) bool {
	return a.kind == b.kind && a.text == b.text && slices.Equal(a.keys, b.keys) && slices.EqualFunc(a.kids, b.kids, sameNode)
}

// put adds or replaces a member: of two equal keys the last counts, as JSON's readers have it.
func (n *node) put(key string, kid *node) {
	switch i := n.find(key); {
	case i >= 0:
		n.kids[i] = kid
		return
	case len(n.keys) == wideObject:
		n.index = make(map[string]int, 2*len(n.keys))
		for i, k := range n.keys {
			n.index[k] = i
		}
	}
	if n.index != nil {
		n.index[key] = len(n.keys)
	}
	n.keys, n.kids = append(n.keys, key), append(n.kids, kid)
}

// find is the place of a key, -1 when there is none.
func (n *node) find(key string) int {
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return i
		}
		return -1
	}
	return slices.Index(n.keys, key)
}

// inherit applies a YAML merge key: members already there win.
func (n *node) inherit(from *node) {
	if from.kind == arrayKind {
		for _, f := range from.kids {
			n.inherit(f)
		}
		return
	}
	for i, k := range from.keys {
		if n.get(k) == nil {
			n.put(k, from.kids[i])
		}
	}
}

func (b *builder) scalar(y *yaml.Node) *node {
	n := &node{kind: stringKind, file: b.fileOf(y), line: int32(y.Line), text: y.Value}
	switch y.ShortTag() {
	case "!!null":
		n.kind, n.text = nullKind, ""
	case "!!bool":
		n.kind, n.text = boolKind, strings.ToLower(y.Value)
	case "!!int", "!!float":
		if num, ok := numberText(y.Value); ok && moderate(num) {
			n.kind, n.text = numberKind, num
		}
	}
	return n
}

// numberText turns a YAML number into JSON number text. Text that is JSON already stays as it is, so 1.0 stays 1.0.
func numberText(s string) (string, bool) {
	if validNumber(s) {
		return s, true
	}
	if i, err := strconv.ParseInt(s, 0, 64); err == nil {
		return strconv.FormatInt(i, 10), true
	}
	t := strings.ReplaceAll(strings.TrimPrefix(s, "+"), "_", "")
	switch {
	case strings.HasPrefix(t, "."):
		t = "0" + t
	case strings.HasPrefix(t, "-."):
		t = "-0" + t[1:]
	}
	if strings.HasSuffix(t, ".") {
		t += "0"
	}
	return t, validNumber(t)
}

// moderate reports whether a number has no exponent that would make it take megabytes to calculate with. Those that are too
// large to YAML are texts as well.
func moderate(num string) bool {
	const most = 3 // digits
	i := strings.IndexAny(num, "eE")
	return i < 0 || len(strings.TrimLeft(num[i+1:], "+-0")) <= most
}

// validNumber reports whether a text is a JSON number and nothing else: no white space, which json.Valid lets through.
func validNumber(s string) bool {
	if s == "" || s[0] != '-' && !isDigit(s[0]) || !isDigit(s[len(s)-1]) {
		return false
	}
	return json.Valid([]byte(s))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// get is the member of that name, nil when there is none.
func (n *node) get(key string) *node {
	if n == nil || n.kind != objectKind {
		return nil
	}
	if i := n.find(key); i >= 0 {
		return n.kids[i]
	}
	return nil
}

// step is the child that one segment of a JSON pointer names.
func (n *node) step(segment string) *node {
	if n == nil || n.kind != arrayKind {
		return n.get(segment)
	}
	i, err := strconv.Atoi(segment)
	if err != nil || i < 0 || i >= len(n.kids) {
		return nil
	}
	return n.kids[i]
}

// at follows a JSON pointer.
func (n *node) at(pointer string) *node {
	for _, s := range strictjson.Segments(pointer) {
		n = n.step(s)
	}
	return n
}

// members walks an object in document order.
func (n *node) members() iter.Seq2[string, *node] {
	return func(yield func(string, *node) bool) {
		if n == nil || n.kind != objectKind {
			return
		}
		for i, k := range n.keys {
			if !yield(k, n.kids[i]) {
				return
			}
		}
	}
}

func (n *node) isTrue() bool { return n != nil && n.kind == boolKind && n.text == "true" }

func (n *node) str() string {
	if n == nil || n.kind != stringKind {
		return ""
	}
	return n.text
}

// reference is the text of a $ref; false where there is none. In the places where a reference may stand only.
func (n *node) reference() (string, bool) {
	if ref := n.get("$ref"); ref != nil && ref.kind == stringKind {
		return ref.text, true
	}
	return "", false
}

// value is the JSON value of a node; objects keep their order as strictjson.Object.
func (n *node) value() any {
	if n == nil {
		return nil
	}
	switch n.kind {
	case boolKind:
		return n.text == "true"
	case numberKind:
		return json.Number(n.text)
	case stringKind:
		return n.text
	case arrayKind:
		out := make([]any, 0, len(n.kids))
		for _, k := range n.kids {
			out = append(out, k.value())
		}
		return out
	case objectKind:
		out := make(strictjson.Object, 0, len(n.kids))
		for i, k := range n.kids {
			out = append(out, strictjson.Member{Name: n.keys[i], Value: k.value()})
		}
		return out
	}
	return nil
}

// mentions reports whether any object below has one of the keys.
func (n *node) mentions(keys ...string) bool {
	if n == nil {
		return false
	}
	if slices.ContainsFunc(n.keys, func(k string) bool { return slices.Contains(keys, k) }) {
		return true
	}
	return slices.ContainsFunc(n.kids, func(k *node) bool { return k.mentions(keys...) })
}
