package format

import (
	"strings"
	"testing"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("d", 63)
	long := strings.Join([]string{label, label, label, label}, ".") // 255 octets
	valid := []string{
		"a@b", "jane.doe@example.com", "a+b@c.d", "!#$%&'*+-/=?^_`{|}~@x.y", `"a b"@c.d`,
		`"a\"b"@c.d`, `"a@b"@c.d`, `""@c.d`, `"a..b"@c.d`, "a@[127.0.0.1]", "a@[IPv6:::1]",
		"a@[ipv6:2001:db8::1]", "a@1.2", strings.Repeat("l", 64) + "@c.d",
		"a@" + long, "a@xn--mller-kva.example", "a@b-c.d",
	}
	invalid := []string{
		"", "@", "a@", "@b", "nope", "a b@c.d", " a@b", "a@b ", "a@b\n", "a@@b", "a@b@c",
		"a@b c", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", "a@-b", "a@b-", "a@b_c", "a,b@c", "a(x)@c",
		"a<b@c", "<a@b>", "a@b,c@d", "a\x00@b", "a\x1f@b", "a\x7f@b", `"a@b`, `"a"b@c`, `"a"`, `"a"@`,
		"\"a\n\"@b", `"a\"@b`, `a"b"@c`, `"`, "a@[", "a@[]", "a@[127.0.0.1", "a@[127.0.0.256]", "a@[::1]",
		"a@[IPv6:]", "a@[IPv6:1]", "a@[IPv6:fe80::1%eth0]", "a@[x]b", strings.Repeat("l", 65) + "@c.d",
		"a@" + long + ".e", "a@" + label + "d", "a\u202Eb@c.d", "a@b\u200F.c", "\"a\u202E\"@c.d", "a\u2066@b",
		"a\xff@b", "a@\xff",
	}
	wideValid := []string{
		"jörg@müller.example", "用户@例子.广告", "अजय@डाटा.भारत", "квіточка@пошта.укр",
		"θσερ@εχαμπλε.ψομ", `"ü ö"@c.d`, "é@[127.0.0.1]", "a@Bücher.example", "a@faß.de", "\u0080@b.c",
		"\uFFFE@b.c", strings.Repeat("é", 32) + "@c.d",
	}
	wideInvalid := []string{
		"é@", "@é", "é", "é..a@b", "é.@b", ".é@b", "é b@c", "a@é..b", "a@.é", "a@é.",
		"a@-é", "a@é-", "a@é b", "a@é_b", "a@é@b", "a@\u0301é", "a@é\u200Bb", "a@é\u00ADb", "a@é\u0085",
		"a@é\uFFFE", "a@é\uFFFD", "a@é／b", "a＠b", strings.Repeat("é", 33) + "@c.d",
		"a@" + strings.Repeat("é", 128), "a@" + strings.Repeat("ü", 70), "a@aא", "a@é/b",
	}
	runTable(t, map[string]values{
		"email":     {valid: valid, invalid: append(append(wideInvalid, invalid...), wideValid...)},
		"idn-email": {valid: append(wideValid, valid...), invalid: append(wideInvalid, invalid...)},
	})
}

func TestHostname(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("d", 63)
	valid := []string{
		"a", "a.b", "1host", "a-b.c", "A.B", "a--b", label + ".com", "xn--mller-kva.example",
		strings.Join([]string{label, label, label, strings.Repeat("d", 61)}, "."),
	}
	invalid := []string{
		"", ".", ".a", "a.", "a..b", "-a", "a-", "a.-b", "a_b", "a b", "a\n",
		"a:80", label + "d", strings.Join([]string{label, label, label, strings.Repeat("d", 62)}, "."), "xn--",
		"xn--X", "xn--a", "xn--abc-", "xn--zca\x00", "xn--n3h",
	}
	wideValid := []string{
		"müller.example", "Müller.Example", "例え。テスト", "faß.de", "l·l", "א.ב",
		"παράδειγμα.δοκιμή",
	}
	wideInvalid := []string{
		"☃.example", "é..b", "é.", ".é", "é-", "é b", "é_b", "e\u0301", "é\u200B",
		"é\u202E", "é\uFFFE", "é\xff", "aא", "0a.א", "é.xn--a", "é.-a", strings.Repeat("ü", 70),
		strings.Repeat("ü.", 200) + "a", strings.Repeat("é", 5000),
	}
	runTable(t, map[string]values{
		"hostname":     {valid: valid, invalid: append(append(wideInvalid, invalid...), wideValid...)},
		"idn-hostname": {valid: append(wideValid, valid...), invalid: append(wideInvalid, invalid...)},
	})
}

func TestIP(t *testing.T) {
	t.Parallel()
	runTable(t, map[string]values{
		"ipv4": {
			valid: []string{"0.0.0.0", "255.255.255.255", "192.0.2.1", "1.20.30.4"},
			invalid: []string{
				"", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "256.1.1.1",
				"1.2.3.999999999999999999999", "01.2.3.4", "1.2.3.00", "1.2.3.4/8", "1.2.3.4 ", "+1.2.3.4", "1.2.3.a",
				"0x1.2.3.4", "1.2.3.٤", "::1",
			},
		},
		"ipv6": {
			valid: []string{
				"::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1",
				"1:2:3:4:5:6:192.0.2.1", "ABCD::abcd",
			},
			invalid: []string{
				"", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::",
				"g::", "::1%eth0", "::1/64", "[::1]", " ::1", "::1 ", "::192.0.2.256", "::192.0.2.01", "192.0.2.1",
				"1:2:3:4:5:6:7:192.0.2.1",
			},
		},
	})
}
