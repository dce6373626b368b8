package format

// A class is a set of sets of ASCII characters, one bit each.
type class uint16

const (
	inUserinfo class = 1 << iota // RFC 3986 userinfo
	inHost                       // RFC 3986 reg-name
	inPath                       // RFC 3986 pchar and "/"
	inQuery                      // RFC 3986 query
	inFragment                   // RFC 3986 fragment: the same in ASCII, not beyond
	inAtom                       // RFC 5321 atext
	inQuoted                     // RFC 5321 qtextSMTP
	inToken                      // RFC 9110 tchar
	inLiteral                    // RFC 6570 literals
	inVarname                    // RFC 6570 varchar
	inHex                        // RFC 5234 HEXDIG, either case
)

const (
	letters   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	subDelims = "!$&'()*+,;="
	regName   = letters + digits + "-._~" + subDelims
)

// classes gives for each byte the sets it is in; bytes beyond ASCII are in none.
var classes = buildClasses()

func buildClasses() (t [256]class) {
	add := func(c class, chars string) {
		for i := range len(chars) {
			t[chars[i]] |= c
		}
	}
	add(inUserinfo, regName+":")
	add(inHost, regName)
	add(inPath, regName+":@/")
	add(inQuery|inFragment, regName+":@/?")
	add(inAtom, letters+digits+"!#$%&'*+-/=?^_`{|}~")
	add(inToken, letters+digits+"!#$%&'*+-.^_`|~")
	add(inVarname, letters+digits+"_")
	add(inHex, digits+"abcdefABCDEF")
	for c := byte(' '); c <= '~'; c++ {
		if c != '"' && c != '\\' {
			t[c] |= inQuoted
		}
	}
	// RFC 6570 leaves out the apostrophe by mistake (erratum 6937).
	add(inLiteral, "!#$&'()*+,-./:;=?@[]_~"+letters+digits)
	return t
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isLetterDigit(c byte) bool { return isLetter(c) || isDigit(c) }

// isASCII reports whether all bytes of s are below 0x80.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
