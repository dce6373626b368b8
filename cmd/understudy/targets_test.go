package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
)

// targets are servers that scripts aim verify at, by the variable that holds the URL: $SOUND keeps the document, $FAULTY
// answers with a wrong type, $LOCKED wants credentials, $SPARSE lacks a value that cannot be taken away again.
func targets(e *testscript.Env) error {
	sound, err := newMock()
	if err != nil {
		return err
	}
	faulty, err := newMock()
	if err != nil {
		return err
	}
	sparse, err := newMock()
	if err != nil {
		return err
	}
	for name, h := range map[string]http.Handler{
		"SOUND": sound, "FAULTY": rewriting(faulty, `"success":true`, `"success":"yes"`), "LOCKED": locked(sound), "SPARSE": sparse,
	} {
		srv := httptest.NewServer(h)
		e.Defer(srv.Close)
		e.Setenv(name, srv.URL)
		if name == "SPARSE" {
			client := control.New(srv.URL)
			_, err := client.PutRecord(context.Background(), "calls", "call_3d9k2j8s7d2k", []byte(`{"id":"call_3d9k2j8s7d2k"}`))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func newMock() (http.Handler, error) {
	published, overlay := spec.Embedded()
	doc, err := spec.Load(published, overlay)
	if err != nil {
		return nil, err
	}
	return mockserver.New(doc)
}

// rewriting replaces a text in every answer.
func rewriting(next http.Handler, from, to string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		body := bytes.ReplaceAll(rec.Body.Bytes(), []byte(from), []byte(to))
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	})
}

// locked wants the token "open-sesame-canary".
func locked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer open-sesame-canary" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
