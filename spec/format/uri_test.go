package format

import "testing"

func TestURI(t *testing.T) {
	t.Parallel()
	runTable(t, map[string]values{
		"uri": {
			// The first eight are the examples of RFC 3986, section 1.1.2.
			valid: []string{
				"ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt",
				"ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
				"news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "telnet://192.0.2.16:80/",
				"urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "HTTP://example.com", "http://h:/",
				"http://h:65535", "http://u:p@h", "http://h?q", "http://h#f", "http://[::ffff:192.0.2.1]:80/",
				"http://[v1.a:b]/", "file:///etc/hosts", "a:", "x+y-z.1:a", "http://h//a//b", "http://h/?a/b?c",
				"http://h/#a/b?c", "http://%41/", "http://a_b/",
			},
			invalid: []string{
				"", "abc", "/abc", "//h/p", ":a", "1a:b", "a_b:c", "é:b", "http:", "http:a", "http:/a",
				"https:", "http://", "https://", "http:///p", "http://:80", "http://u@", "http://u@:80/", "http://?q",
				"http://h:x", "http://h:-1", "http://h:65536", "http://h:99999999999999999999", "http://h:8:8/",
				"http://[::1", "http://[::1]x", "http://[]", "http://[:::]", "http://[fe80::1%25en0]",
				"http://[fe80::1%en0]", "http://[127.0.0.1]", "http://[v.a]", "http://[v1.]", "http://[v1]",
				"http://[v1.a b]", "http://[::1]:x", "http://a@b@c/", "http://a[b/", "http://h/[", "http://h/%",
				"http://h/%4", "http://h/%4g", "http://h/?%zz", "http://h/#%", "http://h/#a#b", "http://h/é",
				"http://é/", "http://h/\u0080", "http://h/\n", "http://h/\x7f",
			},
		},
		"uri-reference": {
			// The valid ones from RFC 3986, section 5.4.
			valid: []string{
				"", "g:h", "g", "./g", "g/", "/g", "//g", "?y", "g?y", "#s", "g#s", "g?y#s", ";x", "g;x",
				"g;x?y#s", ".", "./", "..", "../..", "../../g", "g/./h", "./a:b", "//", "http://h",
			},
			invalid: []string{"1:b", "a b", "\\a", "%", "//a:b", "//[", "é", "http:", "http://"},
		},
	})
}

func TestIRI(t *testing.T) {
	t.Parallel()
	refused := []string{
		"http://", "https://", "http:", "https:", "", "müller", "//müller.example/", "/é",
		"http://h:é/", "é://h", "http://[é]", "http://h/%é", "http://h/\xff", "http://h/\xed\xa0\x80",
		"http://h/\uE000", "http://\uE000/", "http://h/#\uE000", "http://h/\U000F0000", "http://h/\U000E0001",
		"http://h/\uFFF0", "http://h/\uFFFD", "http://h/\uFFFE", "http://h/\uFFFF", "http://h/\uFDD0",
		"http://h/\U0001FFFE", "http://h/?\uFFFE", "http://h/\u0085", "http://h/\u009F", "http://h/\n",
		"http://h/\x00", "http://h/\x7f", "http:// h/", "http://h/ ",
	}
	for _, part := range []string{
		"http://a%sb.example/", "http://h/a%sb", "http://h/?a%sb", "http://h/#a%sb",
		"urn:a%sb",
	} {
		for _, c := range []string{
			" ", "<", ">", `"`, "{", "}", "|", `\`, "^", "`", "\t", "\u200E", "\u200F",
			"\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2069", "\u061C",
		} {
			refused = append(refused, replaceVerb(part, c))
		}
	}
	runTable(t, map[string]values{
		"iri": {
			valid: []string{
				"https://müller.example/straße?q=ü#ö", "http://例え.テスト/パス", "http://مثال.إختبار/",
				"http://h/\u00A0", "http://h/?\uE000", "http://h/?\U000F0000", "http://h/?\U0010FFFD",
				"http://h/\U0001F600", "urn:isbn:0451450523", "mailto:a@b", "urn:é", "http://ü:ö@ä:80/",
				"http://[2001:db8::1]:8080/é", "tag:é,2024:x",
			},
			invalid: refused,
		},
		"iri-reference": {
			valid:   []string{"", "é", "/é", "//é", "?é", "#é", "http://é"},
			invalid: []string{"\u202E", "é:b", "\\é", "a b", "http:"},
		},
	})
}

// replaceVerb puts c in place of "%s"; the parts have percent signs of their own nowhere.
func replaceVerb(part, c string) string {
	for i := range len(part) {
		if part[i] == '%' {
			return part[:i] + c + part[i+2:]
		}
	}
	return part
}

func TestURITemplate(t *testing.T) {
	t.Parallel()
	runTable(t, map[string]values{"uri-template": {
		// The valid ones mostly from RFC 6570, sections 1.2 and 3.2.
		valid: []string{
			"", "http://example.com/~{username}/", "/dictionary/{term:1}/{term}", "/search{?q,lang}",
			"{var}", "{+path}/here", "map?{x,y}", "{#x,hello,y}", "X{.var:3}", "{/list*,path:4}", "{;x,y,empty}",
			"{?x,y}", "?fixed=yes{&x}", "{keys*}", "{a.b}", "{a_1}", "{%41b}", "{v:9999}", "a'b", "é/\uE000", "%41",
			"{=x}",
		},
		invalid: []string{
			"{", "}", "{}", "{a", "a}", "{a b}", "{a-b}", "{.}", "{a.}", "{.a.}", "{a..b}", "{,a}b{",
			"{a,}", "{a,,b}", "{v:0}", "{v:01}", "{v:10000}", "{v:}", "{v:x}", "{v:1*}", "{v*:1}", "{v**}", "{a=b}",
			"{{a}}", "{%4}", "{é}", "%", "%4", "a b", "a\"b", "a<b", "a\\b", "a^b", "a`b", "a|b", "\n", "\x7f",
			"\u202E", "\xff",
		},
	}})
}
