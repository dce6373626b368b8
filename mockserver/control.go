package mockserver

import "net/http"

type controlSettings struct{ elsewhere bool }

func newControl(*Server) (http.Handler, error) { return http.NotFoundHandler(), nil }
