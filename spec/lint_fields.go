package spec

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// fields are the members that the objects of OpenAPI have, of all versions.
var fields = map[part][]string{
	partDocument: {
		"openapi", "$self", "info", "jsonSchemaDialect", "servers", "paths", "webhooks", "components", "security", "tags",
		"externalDocs",
	},
	partComponents: {
		"schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links", "callbacks",
		"pathItems", "mediaTypes",
	},
	partPathItem: append([]string{
		"$ref", "summary", "description", "servers", "parameters", "additionalOperations",
	}, methods...),
	partOperation: {
		"tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses", "callbacks",
		"deprecated", "security", "servers",
	},
	partParameter: {
		"name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved", "schema",
		"content", "example", "examples",
	},
	partHeader: {
		"description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved", "schema", "content",
		"example", "examples",
	},
	partBody:  {"description", "content", "required"},
	partMedia: {"schema", "itemSchema", "example", "examples", "encoding", "prefixEncoding", "itemEncoding", "description"},
	partEncoding: {
		"contentType", "headers", "style", "explode", "allowReserved", "encoding", "prefixEncoding", "itemEncoding",
	},
	partResponse: {"summary", "description", "headers", "content", "links"},
	partExample:  {"summary", "description", "dataValue", "serializedValue", "externalValue", "value"},
	partLink:     {"operationRef", "operationId", "parameters", "requestBody", "description", "server"},
	partSecurity: {
		"type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl", "oauth2MetadataUrl",
		"deprecated",
	},
	partSchema: slices.Concat(plainKeys, schemaKeys, schemaListKeys, schemaMapKeys, []string{
		"$ref", "$id", "$schema", "$comment", "$vocabulary", "$recursiveRef", "$recursiveAnchor", "title", "description",
		"default", "deprecated", "readOnly", "writeOnly", "example", "examples", "nullable", "discriminator", "xml",
		"externalDocs", "contentMediaType", "contentEncoding", "contentSchema", "id", "additionalItems", "dependencies",
		"extends", "divisibleBy", "disallow", "formatMinimum", "formatMaximum", "name", "in", "style", "explode", "content",
		"value", "enumNames", "enumDescriptions", "summary", "tags", "links", "options", "optional", "order", "label",
	}),
}

// shortestField is how long a name is at least for others to be like it.
const shortestField = 4

// fields notes members that no object of the kind has and that look like one that it has. Others are left to their owners:
// schemas may have any, and tools put their own everywhere.
func (l *linter) fields(at place, p part) {
	known := fields[p]
	for i, key := range at.n.keys {
		if known == nil || len(key) < shortestField || strings.HasPrefix(key, "x-") || slices.Contains(known, key) {
			continue
		}
		meant := l.misspelt(key, p)
		if p == partSchema && at.n.kids[i].kind == objectKind && !slices.Contains(schemaMapKeys, meant) && !slices.Contains(schemaKeys, meant) {
			continue // of a property that stands where the schema's keywords do
		}
		if meant != "" && at.n.get(meant) == nil {
			l.add("field", Should, at.raw(key), "a member that "+article(p.String())+" has", key, "it is left aside; did you mean "+meant+"?")
		}
	}
}

// maxMisspelt bounds how many names are compared with all the known ones.
const maxMisspelt = 5000

// misspelt is the member that a name is meant to be, asked once for each name.
func (l *linter) misspelt(key string, p part) string {
	name := misspelling{key, p}
	meant, known := l.misspelled[name]
	if known || len(l.misspelled) == maxMisspelt {
		return meant
	}
	meant = misspelt(key, fields[p])
	l.misspelled[name] = meant
	return meant
}

type misspelling struct {
	key string
	in  part
}

// misspelt is the word that another one is meant to be, "" where it need not be one: with one letter too many, too few or
// another one, two letters swapped, or two mistakes in a long word, in any case.
func misspelt(key string, known []string) string {
	const long = 8
	if len(key) > maxFieldName {
		return ""
	}
	for _, word := range known {
		if strings.EqualFold(key, word) || strings.EqualFold(strings.ReplaceAll(key, "_", ""), word) || swapped(key, word) {
			return word
		}
	}
	for _, word := range known {
		most := 1
		if len(word) >= long {
			most = 2
		}
		if abs(len(key)-len(word)) <= most && levenshtein.ComputeDistance(key, word) <= most && len(word) >= shortestField {
			return word
		}
	}
	return ""
}

// maxFieldName is the longest name that may be a misspelling.
const maxFieldName = 32

func abs(n int) int { return max(n, -n) }

// swapped reports whether two neighbouring letters changed places.
func swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
