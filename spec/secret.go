package spec

import (
	"slices"
	"strings"
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
// document says that an API key stands there.
func (d *Document) IsSecretName(name string) bool {
	return IsSecretName(name) || len(d.secretNames) > 0 && slices.Contains(d.secretNames, strings.ToLower(name))
}

// hideSecrets keeps secrets out of findings: what came in a place that holds one by its name is not repeated.
func (d *Document) hideSecrets(fs []Finding) {
	for i, f := range fs {
		for _, name := range segments(f.Pointer) {
			if d.IsSecretName(name) && f.Actual != "nothing" {
				fs[i].Actual = Hidden
			}
		}
	}
}
