// Package spec reads an OpenAPI document once and turns it into plain values and compiled validators: operations with
// their parameters, bodies and responses, the resources they act on, and two entry points for messages, a request in
// and a response in, findings out.
//
// It is the only package that knows libopenapi. After Load a Document is read-only and safe for any number of
// goroutines; schemas are compiled when they are first needed and then kept.
package spec
