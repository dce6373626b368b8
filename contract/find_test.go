package contract_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// depot has parcels that belong to depots, and a list of parcels that does not say whose each is.
const depot = `openapi: 3.1.0
info: {title: Depot, version: "1"}
paths:
  /mine: {get: {operationId: listMine, parameters: [{name: size, in: query, schema: {type: string, enum: [s, m, l]}}], responses: {"200": &parcels {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Parcel'}}}}}}}}
  /depots: {get: {operationId: listDepots, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Depot'}}}}}}}}
  /depots/{depotId}:
    parameters: &depot [{name: depotId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getDepot, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Depot'}}}}}}
  /depots/{depotId}/parcels:
    parameters: *depot
    get:
      operationId: listParcels
      parameters: [{name: size, in: query, required: true, schema: {type: string, enum: [xxl]}}]
      responses: {"200": *parcels}
  /depots/{depotId}/parcels/{parcelId}:
    parameters: [{name: depotId, in: path, required: true, schema: {type: string}}, {name: parcelId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getParcel, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}}}
components:
  schemas:
    Depot: {type: object, required: [id], properties: {id: {type: string}, town: {type: string}}}
    Parcel: {type: object, required: [id, size], properties: {id: {type: string}, size: {type: string, enum: [s, m, l]}}}
`

// TestARecordIsAskedForBelowItsOwner: where a list shows records and not whose they are, it is found out whose.
func TestARecordIsAskedForBelowItsOwner(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "depot.yaml")
	if err := os.WriteFile(file, []byte(depot), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, o := range verifyOwnMock(t, file).result.Outcomes {
		if o.Check.Operation != "getParcel" {
			continue
		}
		tried++
		// Two are taken, and they may be of one depot.
		if o.Status != contract.Passed && o.Check.Rule != "owner" {
			t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
		}
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
}
