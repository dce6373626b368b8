package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	schemeTypes = []string{"apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"}
	keyPlaces   = []string{"query", "header", "cookie"}
)

// incomplete says what a scheme would need to be asked for and what it says instead; nothing of one that can be.
func (s *SecurityScheme) incomplete() (wanted, given string) {
	switch s.Type {
	case "apiKey":
		wanted = "the name of the key, and in: query, header or cookie"
		switch {
		case s.Parameter == "" && s.In == "":
			return wanted, "an apiKey with neither"
		case s.Parameter == "":
			return wanted, "an apiKey without a name"
		case s.In == "":
			return wanted, "an apiKey without in"
		case !slices.Contains(keyPlaces, s.In):
			return wanted, fmt.Sprintf("in: %q", Clip(s.In))
		}
		return "", ""
	case "http":
		if s.Scheme == "" {
			return "a scheme of HTTP, such as basic or bearer", "http without scheme"
		}
		return "", ""
	case "":
		return "a type, one of " + strings.Join(schemeTypes, ", "), "none"
	}
	if !slices.Contains(schemeTypes, s.Type) {
		return "a type, one of " + strings.Join(schemeTypes, ", "), strconv.Quote(Clip(s.Type))
	}
	return "", ""
}
