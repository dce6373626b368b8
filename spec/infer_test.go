package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-dev/understudy/spec"
)

// library has the ways in which documents show records: bare, wrapped, listed with paging data, below another record.
const library = `openapi: 3.1.0
info: {title: Library, version: "1"}
paths:
  /v1/shelves:
    get:
      parameters:
        - {name: per_page, in: query, schema: {type: integer}}
        - {name: page, in: query, schema: {type: integer}}
        - {name: room, in: query, schema: {type: string}}
        - {name: sort_by, in: query, schema: {type: string}}
        - {name: trace, in: query, schema: {type: string}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  shelves: {type: array, items: {$ref: '#/components/schemas/Shelf'}}
                  meta: {type: object, properties: {total_count: {type: integer}, next_page: {type: [integer, "null"]}}}
                  has_more: {type: boolean}
    post: &write
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Shelf'}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Shelf'}}}}}
  /v1/shelves/{shelf_id}:
    parameters: [{name: shelf_id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": &shelf {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Shelf'}}}}}}
    post: *write
    delete: {responses: {"204": {description: gone}}}
  /v1/shelves/{shelf_id}/books:
    get:
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Book'}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
      responses: {"201": &book {description: ok, content: {application/json: {schema: {
        type: object, properties: {data: {$ref: '#/components/schemas/Book'}, ok: {type: boolean}}}}}}}
  /v1/books/{isbn}:
    parameters: [{name: isbn, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": *book}}
    patch:
      requestBody: {content: {application/merge-patch+json: {schema: {type: object}}}}
      responses: {"200": {description: done}}
  /v1/books/findByTitle:
    get:
      parameters: [{name: title, in: query, schema: {type: string}}]
      responses: {"200": &books {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Book'}}}}}}
  /v1/books/search:
    get:
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {"200": *books}
  /v1/books/{isbn}/lend:
    post: {responses: {"200": *book}}
  /rooms/{room}/books:
    get: {responses: {"200": *books}}
  /persons/{login}:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}}
  /persons/{login}/books/{number}:
    parameters: [{name: number, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {
      type: object, properties: {id: {type: string}, number: {type: integer}, due: {type: string}}}}}}}}
components:
  schemas:
    Shelf: {type: object, properties: {id: {type: integer}, room: {type: string}}}
    Book:
      type: object
      properties:
        isbn: {type: string}
        title: {type: string}
        shelf_id: {type: integer}
        author: {anyOf: [{type: string, maxLength: 50}, {$ref: '#/components/schemas/Person'}]}
        lender: {anyOf: [{type: string}, {$ref: '#/components/schemas/Person'}, {$ref: '#/components/schemas/Shelf'}]}
        cover: {oneOf: [{type: string, format: binary}, {$ref: '#/components/schemas/Person'}]}
        label: {oneOf: [{type: string}, {type: object, properties: {id: {type: string}, name: {type: string}}}]}
    Person: {type: object, properties: {id: {type: integer}, login: {type: string}, name: {type: string}}}
`

func TestInference(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "library.yaml", Data: []byte(library)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range d.Resources {
		line := fmt.Sprintf("%s by %s", r.Name, r.ID)
		if r.Parent != nil {
			line += fmt.Sprintf(" of %s (%s)", r.Parent.Resource.Name, r.Parent.ID)
		}
		for _, rel := range r.Relations {
			line += fmt.Sprintf(" %s->%s", strings.Join(rel.Path, "/"), rel.Target.Name)
		}
		got = append(got, line)
		for _, o := range r.Operations {
			got = append(got, "  "+describeAction(o))
		}
	}
	want := []string{
		"shelves by id",
		"  list GET /v1/shelves at shelves, limit per_page, page page, sort sort_by, by room, meta/total_count: total, meta/next_page: next, has_more: more",
		"  create POST /v1/shelves",
		"  get GET /v1/shelves/{shelf_id} shelf_id",
		"  merge POST /v1/shelves/{shelf_id} shelf_id",
		"  delete DELETE /v1/shelves/{shelf_id} shelf_id",
		"books by isbn of shelves (shelf_id) author->persons",
		"  list GET /v1/shelves/{shelf_id}/books of shelf_id at the body",
		"  create POST /v1/shelves/{shelf_id}/books of shelf_id in data",
		"  get GET /v1/books/{isbn} isbn in data",
		"  merge PATCH /v1/books/{isbn} isbn",
		"  list GET /v1/books/findByTitle at the body, by title",
		"persons by login",
		"  get GET /persons/{login} login",
		"persons.books by number of persons ()",
		"  get GET /persons/{login}/books/{number} number of login",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, id := range []string{"GET /v1/books/search", "POST /v1/books/{isbn}/lend", "GET /rooms/{room}/books"} {
		if o := d.Operation(id); o.Action != spec.ActionNone || o.Resource != nil {
			t.Errorf("%s: %s of %s", id, o.Action, o.Resource.Name)
		}
	}
}

// The id of a record may be a text that the path takes for a whole number, and be composed of what each says of it.
func TestIDsByTwoSchemas(t *testing.T) {
	t.Parallel()
	d := load(t, `openapi: 3.1.0
info: {title: Post, version: "1"}
paths:
  /letters/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /parcels/{number}:
    parameters: [{name: number, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}}
  /stamps/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string, format: uuid}}}}}}}}
  /reports/{kind}:
    parameters: [{name: kind, in: path, required: true, schema: {type: string, enum: [daily, yearly]}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string, format: uuid}}}}}}}}
  /cards/{card_id}:
    parameters: [{name: card_id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {
      allOf: [{type: string, pattern: "^card_[0-9]{4}$"}, {type: string, description: prefixed}]}}}}}}}}
  /boxes/{box}:
    parameters: [{name: box, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {
      allOf: [{type: object}, {description: of a box}]}}}}}}}}
`)
	var got []string
	for _, r := range d.Resources {
		got = append(got, fmt.Sprintf("%s by %s", r.Name, r.ID))
	}
	if diff := cmp.Diff([]string{"letters by id", "cards by id"}, got); diff != "" {
		t.Error(diff)
	}
}

// aviary has records of several kinds, shown by unions.
const aviary = `openapi: 3.1.0
info: {title: Aviary, version: "1"}
paths:
  /birds/{id}:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {oneOf: [
      {$ref: '#/components/schemas/Owl'}, {$ref: '#/components/schemas/Duck'}], discriminator: {propertyName: kind}}}}}}}
  /nests/{nest}:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {anyOf: [{$ref: '#/components/schemas/Nest'}, {type: "null"}]}}}}}}
  /feeders:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Feeder'}}}}}}}
  /feeders/{id}:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {anyOf: [
      {$ref: '#/components/schemas/Feeder'}, {$ref: '#/components/schemas/Gone'}]}}}}}}
  /texts/{id}:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {oneOf: [{$ref: '#/components/schemas/Nest'}, {type: string}]}}}}}}
  /odd/{id}:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {oneOf: [
      {type: object, properties: {id: {type: string}}}, {type: object, properties: {id: {type: integer}}}]}}}}}}
  /rings/{id}:
    put:
      requestBody: {content: {application/json: {schema: {oneOf: [
        {type: object, properties: {size: {type: integer, minimum: 0}}}, {type: object, properties: {kind: {type: string}}}]}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {oneOf: [
        {$ref: '#/components/schemas/Owl'}, {$ref: '#/components/schemas/Duck'}]}}}}}
components:
  schemas:
    Bird: {type: object, required: [id], properties: {id: {type: string, description: of a bird}, kind: {type: string}}}
    Owl: {allOf: [{$ref: '#/components/schemas/Bird'}, {properties: {hoots: {type: boolean}, size: {type: integer}}}]}
    Duck: {type: object, properties: {id: {type: string}, kind: {type: string}, size: {type: integer, minimum: 1}}}
    Nest: {type: object, properties: {id: {type: string}}}
    Feeder: {type: object, required: [id, food], properties: {id: {type: string}, food: {type: string}}}
    Gone: {type: object, required: [id, gone], properties: {id: {type: string}, gone: {const: true}}}
`

func TestRecordsOfUnionsAreFound(t *testing.T) {
	t.Parallel()
	d, err := spec.Load(spec.Source{Name: "aviary.yaml", Data: []byte(aviary)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range d.Resources {
		var names []string
		for _, p := range r.Schema.AllProperties() {
			names = append(names, p.Name)
		}
		got = append(got, fmt.Sprintf("%s by %s of %s: %s", r.Name, r.ID, r.Schema.Component(), strings.Join(names, " ")))
	}
	want := []string{
		"birds by id of : id", "nests by id of Nest: id", "feeders by id of Feeder: id food", "rings by id of : id kind",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func describeAction(o *spec.Operation) string {
	s := fmt.Sprintf("%s %s %s", o.Action, o.Method, o.Path)
	if o.ItemParam != "" {
		s += " " + o.ItemParam
	}
	for _, owner := range o.Owners {
		s += " of " + owner.Param
	}
	if _, res := o.SuccessResponse(); res != nil && res.Envelope != nil && len(res.Envelope.Path) > 0 {
		s += " in " + strings.Join(res.Envelope.Path, "/")
	}
	if o.List == nil {
		return s
	}
	if s += " at " + strings.Join(o.List.Path, "/"); len(o.List.Path) == 0 {
		s += "the body"
	}
	params := []*spec.Parameter{o.List.Limit, o.List.Offset, o.List.Page, o.List.Cursor, o.List.Sort}
	for i, name := range []string{"limit", "offset", "page", "cursor", "sort"} {
		if params[i] != nil {
			s += ", " + name + " " + params[i].Name
		}
	}
	for _, f := range o.List.Filters {
		s += ", by " + f.Value.Name()
	}
	for _, f := range o.List.Facts {
		s += fmt.Sprintf(", %s: %s", strings.Join(f.Path, "/"), f.Role)
	}
	return s
}
