// Package format checks the string and number formats that JSON Schema and OpenAPI name, strictly and in
// full.
//
// Each check follows the document that defines the format (RFC 3339, 3986, 3987, 5321, 6531, ...); where a
// check is narrower or wider than that document, the comment beside it says so. The checks of well-formed
// ASCII values do not allocate, since a server asserts them on every message.
package format

import (
	"encoding/json"
	"slices"
)

// A definition is what is known about one format.
type definition struct {
	// text checks a JSON string; nil when the format says nothing about strings.
	text func(string) error
	// number checks a JSON number; nil when the format says nothing about numbers.
	number func(json.Number) error
	// example is a valid value.
	example string
}

// Check reports why the JSON string s is not in the named format. It returns nil when s is in the format,
// when the format is not known, and when the format only speaks of numbers. The error quotes at most 40
// characters of a part of s. It counts bytes from 0: from where the domain, address or expression it names
// begins, else from where s does.
func Check(name, s string) error {
	if check := definitions[name].text; check != nil {
		return check(s)
	}
	return nil
}

// CheckNumber reports why the JSON number n is not in the named format. It works on the digits as written,
// so it is exact at the edges of int64 and costs no more for a huge exponent. It returns nil when n is in
// the format, when the format is not known, and when the format only speaks of strings.
func CheckNumber(name string, n json.Number) error {
	if check := definitions[name].number; check != nil {
		return check(n)
	}
	return nil
}

// Known reports whether the package has the named format, be it asserted or a mere annotation such as
// "password".
func Known(name string) bool {
	_, ok := definitions[name]
	return ok
}

// Names returns the names of all known formats, sorted.
func Names() []string {
	names := make([]string, 0, len(definitions))
	for name := range definitions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Example returns a valid value of the named format, to show in a hint; "" when the format is not known.
func Example(name string) string {
	return definitions[name].example
}

// definitions has the formats of JSON Schema 2020-12 (which include those of OpenAPI 3.0) and of the
// OpenAPI registry.
var definitions = map[string]definition{
	"date-time":       {text: checkDateTime, example: "2024-03-12T10:00:00Z"},
	"date":            {text: checkDate, example: "2024-03-12"},
	"time":            {text: checkTime, example: "10:00:00Z"},
	"date-time-local": {text: checkDateTimeLocal, example: "2024-03-12T10:00:00"},
	"time-local":      {text: checkTimeLocal, example: "10:00:00"},
	"duration":        {text: checkDuration, example: "P3DT12H30M"},
	"http-date":       {text: checkHTTPDate, example: "Sun, 06 Nov 1994 08:49:37 GMT"},

	"email":        {text: checkEmail, example: "jane.doe@example.com"},
	"idn-email":    {text: checkIDNEmail, example: "jörg@müller.example"},
	"hostname":     {text: checkHostname, example: "www.example.com"},
	"idn-hostname": {text: checkIDNHostname, example: "www.müller.example"},
	"ipv4":         {text: checkIPv4, example: "192.0.2.1"},
	"ipv6":         {text: checkIPv6, example: "2001:db8::1"},

	"uri":           {text: checkURI, example: "https://example.com/path?q=1"},
	"uri-reference": {text: checkURIReference, example: "/path?q=1"},
	"iri":           {text: checkIRI, example: "https://müller.example/straße?q=ü"},
	"iri-reference": {text: checkIRIReference, example: "/straße?q=ü"},
	"uri-template":  {text: checkURITemplate, example: "/things/{id}{?page}"},

	"uuid":                  {text: checkUUID, example: "123e4567-e89b-12d3-a456-426614174000"},
	"json-pointer":          {text: checkJSONPointer, example: "/items/0/name"},
	"relative-json-pointer": {text: checkRelativeJSONPointer, example: "1/name"},
	"regex":                 {text: checkRegex, example: "^[a-z]+$"},

	"byte":        {text: checkByte, example: "aGVsbG8="},
	"base64url":   {text: checkBase64URL, example: "aGVsbG8"},
	"char":        {text: checkChar, example: "x"},
	"media-range": {text: checkMediaRange, example: "application/json"},
	"sf-binary":   {text: checkSFBinary, example: ":aGVsbG8=:"},
	"sf-boolean":  {text: checkSFBoolean, example: "?1"},
	"sf-decimal":  {text: checkSFDecimal, example: "4.5"},
	"sf-integer":  {text: checkSFInteger, example: "42"},
	"sf-string":   {text: checkSFString, example: `"hello"`},
	"sf-token":    {text: checkSFToken, example: "gzip"},

	"int8":       {number: checkInt8, example: "127"},
	"int16":      {number: checkInt16, example: "32767"},
	"int32":      {number: checkInt32, example: "2147483647"},
	"int64":      {number: checkInt64, text: checkInt64Text, example: "9223372036854775807"},
	"uint8":      {number: checkUint8, example: "255"},
	"uint16":     {number: checkUint16, example: "65535"},
	"uint32":     {number: checkUint32, example: "4294967295"},
	"uint64":     {number: checkUint64, text: checkUint64Text, example: "18446744073709551615"},
	"double-int": {number: checkDoubleInt, example: "9007199254740991"},
	"float":      {number: checkFloat, example: "1.5"},
	"double":     {number: checkDouble, example: "1.5"},
	"decimal":    {number: checkJSONNumber, text: checkDecimalText, example: "12.50"},
	"decimal128": {number: checkDecimal128, text: checkDecimal128Text, example: "12.50"},

	// Annotations: they tell a reader what the text is, and any text may be that.
	"binary":     {example: "any text"},
	"password":   {example: "any text"},
	"commonmark": {example: "some *text*"},
	"html":       {example: "<p>some text</p>"},
}
