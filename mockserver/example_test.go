package mockserver_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/spec"
)

// A Go test puts the mock behind httptest and aims its own client at it.
func Example() {
	published, overlay := spec.Embedded()
	document, err := spec.Load(published, overlay)
	if err != nil {
		panic(err)
	}
	mock, err := mockserver.New(document, mockserver.WithSeed(7))
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(mock)
	defer server.Close()

	update := func(body string) string {
		url := server.URL + mock.BasePath() + "/meetings/met_3kd93d3j93d2?depth=0"
		req, err := http.NewRequest(http.MethodPatch, url, strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			panic(err)
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			panic(err)
		}
		return string(answer)
	}

	update(`{"note":"Bring the contract"}`)
	fmt.Println(update(`{}`))

	// Output:
	// {"data":{"id":"met_3kd93d3j93d2","phoneNumber":"555-0192","email":"contact@email.com","time":"2024-03-12T10:00:00Z","salesRep":"rep_3kd93d3j93d2","note":"Bring the contract"},"success":true}
}
