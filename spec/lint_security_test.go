package spec_test

import "testing"

// What security schemes tell clients is there and can be used.
func TestLintOfSecuritySchemes(t *testing.T) {
	t.Parallel()
	const at = "should security /components/securitySchemes/s"
	flow := func(members string) string {
		return "{type: oauth2, flows: {authorizationCode: {scopes: {}, " + members + "}}}"
	}
	for scheme, want := range map[string]string{
		flow(`authorizationUrl: "https://a.example.com/b?c=d", tokenUrl: "/token"`):                         "",
		flow(`authorizationUrl: token, tokenUrl: "https://münchen.example/ö"`):                              "",
		flow(`authorizationUrl: "-", tokenUrl: /token`):                                                     at + "/flows/authorizationCode/authorizationUrl",
		flow(`authorizationUrl: /a, tokenUrl: ""`):                                                          at + "/flows/authorizationCode/tokenUrl",
		flow(`authorizationUrl: /a, tokenUrl: "https://{tenant}.example.com/token"`):                        at + "/flows/authorizationCode/tokenUrl",
		flow(`authorizationUrl: /a, tokenUrl: /b, refreshUrl: "not a url"`):                                 at + "/flows/authorizationCode/refreshUrl",
		flow(`authorizationUrl: /a`):                                                                        at + "/flows/authorizationCode",
		flow(`authorizationUrl: /a, tokenUrl: 5`):                                                           at + "/flows/authorizationCode/tokenUrl",
		`{type: oauth2, flows: null}`:                                                                       at + "/flows",
		`{type: oauth2, flows: {x-a: 1}}`:                                                                   at + "/flows",
		`{type: oauth2, flows: []}`:                                                                         at + "/flows",
		`{type: oauth2}`:                                                                                    at,
		`{type: openIdConnect, openIdConnectUrl: "https:///x"}`:                                             at + "/openIdConnectUrl",
		`{type: openIdConnect, openIdConnectUrl: "https://a.example.com/.well-known/openid-configuration"}`: "",
		`{type: http, scheme: bearrer}`:                                                                     at + "/scheme",
		`{type: http, scheme: Bearer}`:                                                                      "",
		`{type: http, scheme: DPoP}`:                                                                        "",
		`{type: apiKey, in: header, name: X Key}`:                                                           "must security /components/securitySchemes/s/name",
		`{type: apiKey, in: query, name: a key}`:                                                            "",
	} {
		var all []string
		if want != "" {
			all = []string{want}
		}
		finds(t, scheme, document("3.0.3", "paths: {/a: {get: {responses: OK}}}", "components: {securitySchemes: {s: "+scheme+"}}"), all...)
	}
}
