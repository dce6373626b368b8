package strictjson

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// DefaultDepth is how deep arrays and objects may nest unless Limits says otherwise.
	DefaultDepth = 100
	// DefaultElements is how many array items and object members a text may hold unless Limits says otherwise.
	DefaultElements = 20_000

	maxDepth = 9_999 // one more and jsontext refuses it first, as malformed text
)

// Limits bound what Decode accepts. A field that is not positive stands for its default.
type Limits struct {
	// Depth counts nested arrays and objects; more than 9,999 is taken as 9,999.
	Depth int
	// Elements counts every array item and every object member of the whole text.
	Elements int
}

// Decode returns the value of a JSON text: map[string]any, []any, string, json.Number, bool or nil. The error
// is always an *Error. The value shares no memory with data.
func Decode(data []byte, lim Limits) (any, error) {
	return decode(data, lim, newMap)
}

// DecodeOrdered is Decode with Object in place of map[string]any.
func DecodeOrdered(data []byte, lim Limits) (any, error) {
	return decode(data, lim, newObject)
}

// builder makes an object of its members. It reports false when two of them have the same name.
type builder func([]Member) (any, bool)

// decode lets the builders look for duplicate names, since jsontext takes a quarter of the time for it. They
// cannot say where one is, so whatever the first pass finds fault with is read again for the place of its
// first fault.
func decode(data []byte, lim Limits, build builder) (any, error) {
	r := readers.Get().(*reader)
	defer r.release()
	r.reset(data, lim, build, jsontext.AllowDuplicateNames(true))
	if v, err := r.all(); err == nil {
		return v, nil
	}
	r.reset(data, lim, build, jsontext.AllowDuplicateNames(false))
	return r.all()
}

// shareBelow is the length in bytes up to which all strings of a text are slices of one copy of it: one
// allocation in place of one each. A longer text could be kept alive by a single short string, so there every
// string is a copy.
const shareBelow = 4 << 10

// reader turns the tokens of one text into a value.
type reader struct {
	dec   jsontext.Decoder
	src   bytes.Buffer
	data  []byte
	text  string // data again when it is short enough to share
	depth int
	left  int // elements still allowed
	build builder

	// The items and members of all containers still open. A closed container is copied from the end, so that it
	// is allocated once and in its final size.
	items   []any
	members []Member
	unquote []byte
}

var readers = sync.Pool{New: func() any { return new(reader) }}

func (r *reader) reset(data []byte, lim Limits, build builder, opts ...jsontext.Options) {
	r.data, r.build = data, build
	r.clear()
	if len(data) <= shareBelow {
		r.text = string(data)
	}
	r.depth, r.left = DefaultDepth, DefaultElements
	if lim.Depth > 0 {
		r.depth = min(lim.Depth, maxDepth)
	}
	if lim.Elements > 0 {
		r.left = lim.Elements
	}
	r.src = *bytes.NewBuffer(data)
	r.dec.Reset(&r.src, opts...)
}

// clear forgets the containers that were open when a fault was found.
func (r *reader) clear() {
	clear(r.items)
	clear(r.members)
	r.items, r.members = r.items[:0], r.members[:0]
}

// release puts r back without anything of the text it has read, and without the memory an unusual text
// needed.
func (r *reader) release() {
	const keep = 1 << 10
	r.data, r.text, r.build = nil, "", nil
	r.src = bytes.Buffer{}
	r.dec.Reset(&r.src)
	r.clear()
	if cap(r.items) > keep || cap(r.members) > keep || cap(r.unquote) > 64*keep {
		r.items, r.members, r.unquote = nil, nil, nil
	}
	readers.Put(r)
}

// all is the value of the text, which must hold nothing else.
func (r *reader) all() (any, error) {
	v, err := r.value()
	if err != nil {
		return nil, err
	}
	if end := r.next(); end < len(r.data) {
		return nil, newError(r.data, Trailing, "", end, "there is more text after the end of the JSON value")
	}
	return v, nil
}

func (r *reader) value() (any, error) {
	switch r.dec.PeekKind() {
	case jsontext.KindBeginObject:
		return r.object()
	case jsontext.KindBeginArray:
		return r.array()
	case jsontext.KindString:
		raw, err := r.dec.ReadValue()
		if err != nil {
			return nil, r.fault(err)
		}
		return r.str(raw), nil
	case jsontext.KindNumber:
		return r.number()
	default:
		return r.literal()
	}
}

func (r *reader) object() (any, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	base := len(r.members)
	for kind := r.dec.PeekKind(); kind != jsontext.KindEndObject; kind = r.dec.PeekKind() {
		if err := r.count(); err != nil {
			return nil, err
		}
		name, err := r.name(kind)
		if err != nil {
			return nil, err
		}
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		r.members = append(r.members, Member{name, v})
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, r.fault(err)
	}
	own := r.members[base:]
	v, ok := r.build(own)
	if !ok {
		return nil, r.newError(Duplicate, int(r.dec.InputOffset()), "an object has two members of the same name")
	}
	clear(own)
	r.members = r.members[:base]
	return v, nil
}

func (r *reader) array() (any, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	base := len(r.items)
	for r.dec.PeekKind() != jsontext.KindEndArray {
		if err := r.count(); err != nil {
			return nil, err
		}
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		r.items = append(r.items, v)
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, r.fault(err)
	}
	own := r.items[base:]
	v := append(make([]any, 0, len(own)), own...)
	clear(own)
	r.items = r.items[:base]
	return v, nil
}

// enter reads the opening bracket of an array or object.
func (r *reader) enter() error {
	if _, err := r.dec.ReadToken(); err != nil {
		return r.fault(err)
	}
	if r.dec.StackDepth() > r.depth {
		at := int(r.dec.InputOffset()) - 1
		return r.newError(TooDeep, at, "arrays and objects nest deeper than "+strconv.Itoa(r.depth)+" levels")
	}
	return nil
}

// count takes note of the item or member that comes next.
func (r *reader) count() error {
	if r.left--; r.left >= 0 {
		return nil
	}
	at := r.next()
	if at < len(r.data) && r.data[at] == ',' {
		at += 1 + skip(r.data[at+1:])
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.fault(err)
	}
	return r.newError(TooMany, at, "the text holds more array items and object members than are accepted")
}

// name reads a member name. It is not left to ReadValue to refuse an array or object in its place, since that
// would read the whole of it first.
func (r *reader) name(kind jsontext.Kind) (string, error) {
	if kind != jsontext.KindString {
		_, err := r.dec.ReadToken()
		return "", r.fault(err)
	}
	raw, err := r.dec.ReadValue()
	if err != nil {
		return "", r.fault(err)
	}
	return r.str(raw), nil
}

// str is the string that was just read.
func (r *reader) str(raw []byte) string {
	if bytes.IndexByte(raw, '\\') >= 0 {
		r.unquote, _ = jsontext.AppendUnquote(r.unquote[:0], raw) // raw has been checked
		return string(r.unquote)
	}
	return r.copyOf(raw[1:len(raw)-1], int(r.dec.InputOffset())-1)
}

// copyOf is the text of raw, which ends before the offset end.
func (r *reader) copyOf(raw []byte, end int) string {
	if r.text != "" {
		return r.text[end-len(raw) : end]
	}
	return string(raw)
}

// digits hold the most frequent numbers, ready to use without an allocation.
var digits = func() (all [10]any) {
	for i := range all {
		all[i] = json.Number(strconv.Itoa(i))
	}
	return all
}()

func (r *reader) number() (any, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return nil, r.fault(err)
	}
	if len(raw) == 1 {
		return digits[raw[0]-'0'], nil
	}
	end := int(r.dec.InputOffset())
	if reason := oversized(raw); reason != "" {
		return nil, r.newError(Number, end-len(raw), reason)
	}
	return json.Number(r.copyOf(raw, end)), nil
}

func (r *reader) literal() (any, error) {
	tok, err := r.dec.ReadToken()
	if err == io.EOF {
		const reason = "there is no JSON value, only white space or nothing at all"
		return nil, newError(r.data, Empty, "", len(r.data), reason)
	}
	if err != nil {
		return nil, r.fault(err)
	}
	if tok.Kind() == jsontext.KindNull {
		return nil, nil
	}
	return tok.Bool(), nil
}

// next is the offset of the next token.
func (r *reader) next() int {
	i := int(r.dec.InputOffset())
	return i + skip(r.data[i:])
}
