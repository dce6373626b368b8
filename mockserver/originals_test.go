package mockserver

import (
	"bytes"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// What is kept of the dataset is bounded in bytes, and is what the dataset would say again.
func TestOriginalsAreBounded(t *testing.T) {
	t.Parallel()
	o := &originals{most: 8000}
	r := &spec.Resource{}
	for i := range 1000 {
		o.put(key{r, itoa(i)}, bytes.Repeat([]byte("x"), i%500))
		o.put(key{r, itoa(i)}, nil) // again
		size := 0
		for _, text := range o.texts {
			size += len(text) + keptCost
		}
		if size != o.size || size > o.most {
			t.Fatalf("%d bytes are kept, counted as %d, of at most %d", size, o.size, o.most)
		}
		if _, kept := o.get(key{r, itoa(i)}); !kept {
			t.Fatalf("record %d was not kept", i)
		}
	}
	o.put(key{r, "large"}, make([]byte, 1001))
	if _, kept := o.get(key{r, "large"}); kept {
		t.Error("one record took more than its share")
	}
}

// A declared error is made up once and told anew each time; what is neither required nor says anything is left out.
func TestDeclaredErrorsAreMadeOnce(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [a, b]}}}}
      responses:
        "204": {description: ok}
        default: {description: no, content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
components:
  schemas:
    Error:
      type: object
      required: [error]
      properties:
        error:
          type: object
          required: [kind]
          properties:
            kind: {enum: [bad]}
            message: {type: string}
            error_code: {type: string}
            intent: {type: object, properties: {description: {type: string}, amount: {type: integer}}}
            amount: {type: integer}
`))
	for body, lacks := range map[string]string{`{"a":1}`: "/b", `{"b":1}`: "/a", `{"a":2}`: "/b"} {
		r := s.send("POST", "/things", body).want(422).
			wantAt("/error/kind", `"bad"`, "/error/intent", "absent", "/error/amount", "absent", "/error/error_code", `"invalid"`)
		if !bytes.Contains([]byte(r.at("/error/message")), []byte(lacks)) {
			t.Errorf("%s: %s does not speak of %s", body, r.body, lacks)
		}
	}
}

// A body too long for a command line is shown without what is not required.
func TestLongBodiesAreShownShort(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [a], properties: {
        a: {type: integer}, long: {type: string, minLength: 9000}}}}}}
      responses: {"204": {description: ok}}
`))
	e := s.server.example(s.server.doc.Operations[0])
	if e.body == nil || len(e.body.text) > maxPasted {
		t.Fatalf("%+v", e.body)
	}
	s.send("POST", "/things", e.body.text).want(204)
}
