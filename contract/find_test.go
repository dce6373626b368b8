package contract_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/mockserver"
)

// harbour has ships that can be made, and below them berths and calls that cannot.
const harbour = `openapi: 3.1.0
info: {title: Harbour, version: "1"}
paths:
  /ships:
    get: {operationId: listShips, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Ship"}}}}}}}
    post:
      operationId: createShip
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Ship"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ship"}}}}}
  /ships/{shipId}:
    parameters: [{name: shipId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getShip, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ship"}}}}}}
    delete: {operationId: deleteShip, responses: {"204": {description: ok}}}
  /ships/{shipId}/berths:
    parameters: [{name: shipId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: listBerths
      parameters: [{name: quay, in: query, schema: {enum: [north, south]}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Berth"}}}}}}
  /ships/{shipId}/berths/{berthId}:
    parameters: [{name: shipId, in: path, required: true, schema: {type: string}}, {name: berthId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getBerth, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Berth"}}}}}}
  /ships/{shipId}/berths/{berthId}/calls:
    parameters: [{name: shipId, in: path, required: true, schema: {type: string}}, {name: berthId, in: path, required: true, schema: {type: string}}]
    get: {operationId: listCalls, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Call"}}}}}}}
  /ships/{shipId}/berths/{berthId}/calls/{callId}:
    parameters:
      - {name: shipId, in: path, required: true, schema: {type: string}}
      - {name: berthId, in: path, required: true, schema: {type: string}}
      - {name: callId, in: path, required: true, schema: {type: string}}
    get: {operationId: getCall, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Call"}}}}}}
components:
  schemas:
    Ship: {type: object, required: [id], properties: {id: {type: string, readOnly: true}, name: {type: string}}}
    Berth: {type: object, required: [id, quay], properties: {id: {type: string}, quay: {enum: [north, south]}}}
    Call: {type: object, required: [id], properties: {id: {type: string}, at: {type: string, format: date-time}}}
`

// TestFindsBelowExistingOwners: below a ship that was just made there is nothing, so records are looked for below those that
// were there before; nothing of those is changed.
func TestFindsBelowExistingOwners(t *testing.T) {
	t.Parallel()
	d := docOf(t, harbour)
	mock, err := mockserver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	found := map[string]int{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		mock.ServeHTTP(rec, r)
		mu.Lock()
		if rec.Code == http.StatusOK && r.Method == http.MethodGet {
			found[strings.Trim(r.URL.Path, "/")]++
		}
		mu.Unlock()
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}))
	defer srv.Close()
	r, err := contract.NewRunner(d, contract.Target{URL: srv.URL}, contract.Settings{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.RunAll(t.Context(), nil).Outcomes {
		name := o.Check.Name
		below := strings.HasPrefix(name, "getBerth") || strings.HasPrefix(name, "getCall") || strings.Contains(name, "query.quay shows")
		if o.Status != contract.Passed && (below || o.Status != contract.Skipped) {
			t.Errorf("%s: %s %s%s", name, o.Status, o.Reason, story(o))
		}
	}
	calls := 0
	for path := range found {
		if strings.Count(path, "/") == 5 {
			calls++
		}
	}
	if calls == 0 {
		t.Errorf("no call was read: %v", found)
	}
}
