package mockserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/spec"
)

// shop is a document whose bodies carry members in another form than its records show them in.
const shop = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /products/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Product"}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Product"}}}}}
  /orders:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewOrder"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/NewOrder"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
components:
  schemas:
    Product: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}}}
    NewOrder:
      type: object
      properties:
        gift: {type: string}
        courier: {type: string}
        lines: {type: array, items: {type: object, properties: {product: {type: string}, number: {type: string}}}}
        year: {type: string}
        note: {type: string}
        place: {type: string}
        flag: {type: boolean}
    Order:
      type: object
      required: [id]
      properties:
        id: {type: string, readOnly: true}
        gift: {$ref: "#/components/schemas/Product"}
        courier: {type: object, required: [id, since], properties: {id: {type: string}, since: {type: string, format: date}}}
        lines: {type: object, required: [data, has_more, object], properties: {data: {type: array, items: {$ref: "#/components/schemas/Line"}},
          has_more: {type: boolean}, total_count: {type: integer}, object: {const: list}}}
        year: {type: integer, maximum: 2100}
        note: {type: string, maxLength: 5}
        place: {type: object, required: [lat], properties: {lat: {type: number}}}
        flag: {type: object, properties: {on: {type: boolean}}}
    Line: {type: object, required: [id, product], properties: {id: {type: string}, product: {$ref: "#/components/schemas/Product"}, number: {type: integer}}}
`

// A member that a body carries in another form than the record shows is kept in the record's form.
func TestMembersInAnotherFormAreKept(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, shop))
	product := s.server.KnownIDs(s.server.doc.Resource("products"), 1)[0]
	s.patch("/products/"+product, `{"name":"Yarn"}`).want(200)
	made := s.send(http.MethodPost, "/orders", `{"gift":"`+product+`","courier":"c7","year":"2031","lines":[{"product":"`+product+`","number":"2"},
		{"product":"`+product+`"}]}`).want(201)
	keeps := func(r reply) {
		r.wantAt("/gift/id", `"`+product+`"`, "/gift/name", `"Yarn"`, "/courier/id", `"c7"`, "/year", "2031", "/lines/has_more", "false",
			"/lines/total_count", "2", "/lines/object", `"list"`, "/lines/data/0/product/name", `"Yarn"`, "/lines/data/0/number", "2",
			"/lines/data/1/product/id", `"`+product+`"`, "/lines/data/2", "absent")
	}
	keeps(made)
	at := "/orders/" + made.text("/id")
	keeps(s.send(http.MethodGet, at, "").want(200))
	s.patch(at, `{"courier":"c8"}`).want(200).wantAt("/courier/id", `"c8"`, "/year", "2031")
}

// What cannot be kept without a loss is refused as ever, and changes nothing.
func TestMembersThatNoFormHasAreRefused(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, shop))
	made := s.send(http.MethodPost, "/orders", `{"year":"2031"}`).want(201)
	at := "/orders/" + made.text("/id")
	s.patch(at, `{"gift":"nobody"}`).wantFinding(422, "relation", "body", "/gift")
	s.patch(at, `{"lines":[{"product":"nobody"}]}`).wantFinding(422, "relation", "body", "/lines/data/0/product")
	s.patch(at, `{"year":"next"}`).wantFinding(422, "type", "body", "/year")
	s.patch(at, `{"year":"2101"}`).wantFinding(422, "type", "body", "/year")
	s.patch(at, `{"note":"too long"}`).wantFinding(422, "maxLength", "body", "/note")
	s.send(http.MethodGet, at, "").want(200).wantAt("/year", "2031", "/note", made.at("/note"))
}

// What the record has no room for changes nothing: the document allows the body. What the record must have is made up.
func TestMembersThatTheRecordHasNoRoomForAreLeftOut(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, strings.ReplaceAll(shop, "    Order:\n      type: object\n      required: [id]", "    Order:\n      type: object\n      required: [id, flag]")))
	made := s.send(http.MethodPost, "/orders", `{"year":"2031","flag":true,"place":"51"}`).want(201).wantAt("/year", "2031", "/place", "absent")
	if made.at("/flag") == "true" || made.at("/flag") == "absent" {
		t.Errorf("flag is %s", made.at("/flag"))
	}
	at := "/orders/" + made.text("/id")
	s.patch(at, `{"place":"51","year":"2032"}`).want(200).wantAt("/year", "2032", "/place", "absent")
}

// holders has objects within its records whose id and kind are the server's to say, the kind in two parts.
const holders = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /rules:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Rule"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Rule"}}}}}
  /rules/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Rule"}}}}}}
components:
  schemas:
    Rule: {type: object, required: [id, way], properties: {id: {type: string, readOnly: true}, way: {$ref: "#/components/schemas/Way"}, more: {type: array, items: {$ref: "#/components/schemas/Way"}}}}
    Any: {type: object, properties: {id: {type: string, readOnly: true}, kind: {type: string, readOnly: true}}}
    Way: {allOf: [{$ref: "#/components/schemas/Any"}, {type: object, required: [id, kind]}, {type: object, properties: {kind: {enum: [mail_way, phone_way]}}}]}
`

// What is the server's to say within an object is made where a client, rightly, leaves it out.
func TestObjectsWithinAreCompleted(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, holders))
	made := s.send(http.MethodPost, "/rules", `{"way":{},"more":[{},{"kind":"phone_way"}]}`).want(201)
	for _, at := range []string{"/way/kind", "/more/0/kind", "/more/1/kind"} {
		if kind := made.text(at); !strings.HasSuffix(kind, "_way") {
			t.Errorf("%s is %q", at, kind)
		}
	}
}

// What every body of a member is left out for is told before anybody asks.
func TestFormsThatNoRecordHasAreTold(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range load(t, shop).OtherForms() {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "place flag" {
		t.Errorf("told of %q", got)
	}
	told := 0
	for _, f := range spec.Lint(load(t, shop)) {
		if f.Rule == "state" && strings.HasPrefix(f.Document.Pointer, "/components/schemas/NewOrder/properties/") {
			told++
		}
	}
	if told != 2 {
		t.Errorf("lint tells of %d", told)
	}
}
