package spec

import (
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// Hidden is what stands in the place of a secret wherever something is shown.
const Hidden = "(hidden)"

var secretWords = []string{
	"authorization", "cookie", "password", "passwd", "secret", "token", "apikey", "api-key", "api_key",
	"access-key", "access_key", "accesskey", "private-key", "private_key", "privatekey", "credential", "session-id",
	"sessionid", "signature",
}

// IsSecretName reports whether a header, parameter or member of that name holds a secret by its name.
func IsSecretName(name string) bool {
	lower := strings.ToLower(name)
	return lower == "key" || lower == "auth" ||
		slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(lower, w) })
}

// IsSecretName reports whether a header, parameter or member of that name holds a secret: by its name, or because the
// document says that an API key or a password (format: password) stands there.
func (d *Document) IsSecretName(name string) bool {
	return IsSecretName(name) || len(d.secretNames) > 0 && slices.Contains(d.secretNames, strings.ToLower(name))
}

// MentionsSecret reports whether a text that cannot be taken apart speaks of a secret at all.
func (d *Document) MentionsSecret(text string) bool {
	lower := strings.ToLower(text)
	return IsSecretName(text) || slices.ContainsFunc(d.secretNames, func(n string) bool { return strings.Contains(lower, n) })
}

// findPasswords learns the names of properties and parameters of format password.
func (d *Document) findPasswords() {
	for _, f := range d.files {
		d.passwordsIn(f.tree)
	}
}

func (d *Document) passwordsIn(n *node) {
	if n == nil {
		return
	}
	secret := func(name string, schema *node) {
		if name = strings.ToLower(name); name != "" && schema.get("format").str() == "password" && !slices.Contains(d.secretNames, name) {
			d.secretNames = append(d.secretNames, name)
		}
	}
	for name, schema := range n.get("properties").members() {
		secret(name, schema)
	}
	secret(n.get("name").str(), n.get("schema"))
	for _, kid := range n.kids {
		d.passwordsIn(kid)
	}
}

// hideSecrets keeps secrets out of findings: what came in a place that holds one by its name is not repeated.
func (d *Document) hideSecrets(fs []Finding) {
	for i, f := range fs {
		if f.In == "cookie" && f.Actual != "nothing" { // most cookies are somebody's session
			fs[i].Actual = Hidden
		}
		for _, name := range strictjson.Segments(f.Pointer) {
			if d.IsSecretName(name) && f.Actual != "nothing" {
				fs[i].Actual = Hidden
			}
		}
	}
}
