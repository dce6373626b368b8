package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// floor serves one of the handlers that everything is measured against, until it is ended. It prints where.
func floor(name string) error {
	handlers := map[string]http.HandlerFunc{"bare": bare, "naive": naive()}
	h, ok := handlers[name]
	if !ok {
		return fmt.Errorf("floor %q: want bare or naive", name)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(os.Stdout, "http://%s\n", l.Addr()); err != nil {
		return err
	}
	return (&http.Server{Handler: h, ReadHeaderTimeout: time.Minute}).Serve(l)
}

// bare reads what it is sent and answers a constant: what net/http costs.
func bare(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"data":`+accepted+`,"success":true}`)
}

// naive keeps one record behind one lock and looks at nothing: the mock that is written in ten minutes.
func naive() http.HandlerFunc {
	var mu sync.Mutex
	record := map[string]any{"id": "call_3d9k2j8s7d2k"}
	return func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		var sent map[string]any
		if json.Unmarshal(text, &sent) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mu.Lock()
		for member, v := range sent {
			record[member] = v
		}
		said, err := json.Marshal(map[string]any{"data": record, "success": true})
		mu.Unlock()
		if err != nil {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(said)
	}
}
