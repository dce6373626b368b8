package mockserver

import (
	"strings"
	"testing"
)

// A PUT to a collection makes a record where it says so; else it replaces the one that its body names.
const putting = `
openapi: 3.0.3
info: {title: Ledger, version: "1"}
paths:
  /ledgers:
    get: {operationId: listLedgers, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Ledger"}}}}}}}
    put:
      operationId: createLedger
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Ledger"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ledger"}}}}, "422": {description: no}}
  /ledgers/{ledgerId}:
    get:
      operationId: getLedger
      parameters: [{name: ledgerId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ledger"}}}}, "404": {description: none}}
components:
  schemas:
    Ledger: {type: object, required: [name], properties: {ledgerId: {type: string}, name: {type: string}}}
`

func TestPutToACollectionMakesARecordWhereItSaysSo(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, putting))
	if r := s.send("PUT", "/ledgers", `{"ledgerId":"l9","name":"Nine"}`); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := s.send("GET", "/ledgers/l9", ""); r.status != 200 || !strings.Contains(string(r.body), `"Nine"`) {
		t.Errorf("%d %s", r.status, r.body)
	}

	replacing := play(t, load(t, strings.Replace(putting, "createLedger", "putLedger", 1)))
	if r := replacing.send("PUT", "/ledgers", `{"ledgerId":"l9","name":"Nine"}`); r.status == 200 {
		t.Errorf("a record that is not there was replaced: %s", r.body)
	}
}
