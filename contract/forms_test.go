package contract_test

import (
	"strings"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// formShop takes forms alone: with lists of objects, with a list that must be there and no form can leave empty, and with
// references inside an object.
const formShop = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /accounts:
    get: {operationId: listAccounts, responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Account"}}}}}}}
    post:
      operationId: createAccount
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Account"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Account"}}}}}
  /accounts/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: getAccount, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Account"}}}}}}
    delete: {operationId: deleteAccount, responses: {"204": {description: ok}}}
  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {$ref: "#/components/schemas/NewOrder"}
            encoding:
              lines: {style: deepObject, explode: true}
              rights: {style: deepObject, explode: true}
              holder: {style: deepObject, explode: true}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: getOrder, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}}
    delete: {operationId: deleteOrder, responses: {"204": {description: ok}}}
  /impossible:
    post:
      operationId: impossible
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [none], properties: {none: {type: array, maxItems: 0, items: {type: string}}}}
            encoding: {none: {style: deepObject, explode: true}}
      responses: {"200": {description: ok}}
components:
  schemas:
    Account: {type: object, required: [id], properties: {id: {type: string, readOnly: true}, name: {type: string}}}
    NewOrder:
      type: object
      required: [lines, rights, holder]
      properties:
        lines:
          type: array
          items: {type: object, required: [price, quantity], properties: {price: {type: string, minLength: 1}, quantity: {type: integer}}}
        rights: {type: array, items: {enum: [read, write]}}
        holder: {type: object, required: [kind, account], properties: {kind: {enum: [account]}, account: {type: string, minLength: 1}}}
    Order:
      type: object
      required: [id]
      properties:
        id: {type: string, readOnly: true}
        lines:
          type: array
          items: {type: object, properties: {price: {type: string}, quantity: {type: integer}}}
        rights: {type: array, items: {enum: [read, write]}}
        holder:
          type: object
          properties:
            kind: {enum: [account]}
            account: {anyOf: [{type: string}, {$ref: "#/components/schemas/Account"}]}
`

// TestForms: bodies of forms are made with whatever the encoding can carry; where it cannot, the reason names the member.
func TestForms(t *testing.T) {
	t.Parallel()
	res := verifyMock(t, formShop)
	noFailure(t, res)
	lines, holders := 0, 0
	for _, o := range res.Outcomes {
		switch {
		case o.Check.Operation == "impossible" && o.Check.Name == "impossible accepts a valid request":
			want := `no body can be made for impossible: application/x-www-form-urlencoded has no way to write the member "none", which is ` +
				"required, as []"
			if o.Status != contract.Skipped || o.Reason != want {
				t.Errorf("%s %q", o.Status, o.Reason)
			}
		case o.Check.Operation == "createOrder" && o.Status != contract.Passed && o.Check.Rule != "auth-wrong":
			t.Errorf("%s: %s %s", o.Check.Name, o.Status, o.Reason)
		}
		for _, s := range o.Steps {
			body := string(s.Request.Body)
			if strings.Contains(body, "lines%5B0%5D%5Bprice%5D=") {
				lines++
			}
			if strings.Contains(body, "holder%5Baccount%5D=") {
				holders++
			}
		}
	}
	if lines == 0 || holders == 0 {
		t.Errorf("%d bodies have lines, %d a holder", lines, holders)
	}
}
