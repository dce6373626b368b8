package strictjson

import "math/bits"

// Strings are most of what JSON texts are made of, and each text is walked through several times. So eight bytes at a time
// are looked at: a byte of x-ones that has borrowed has its highest bit set, which finds those below a value, and zeros
// among differences (https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord). What it says of bytes behind the
// first that it finds need not be true.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// StringEnd is the offset behind the string that begins, with its quotation mark, at an offset of valid JSON; the length
// of the text where the string does not end.
func StringEnd[T ~string | ~[]byte](text T, at int) int {
	at++
	for at+8 <= len(text) {
		found := marks(word(text, at))
		if found == 0 {
			at += 8
			continue
		}
		at += bits.TrailingZeros64(found) / 8
		if text[at] == '"' {
			return at + 1
		}
		at += 2 // whatever is escaped, it does not end the string
	}
	for ; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(text)
}

// ValueEnd is the offset at which the value that begins at an offset of valid JSON ends; behind a number or a word there may be
// white space. What is no JSON ends somewhere.
func ValueEnd[T ~string | ~[]byte](text T, at int) int {
	depth := 0
	for at < len(text) {
		switch text[at] {
		case '"':
			at = StringEnd(text, at)
			if depth == 0 {
				return at
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return at + 1 + min(depth, 0) // a bracket that closes nothing of the value ends it before
			}
		case ',':
			if depth == 0 {
				return at
			}
		}
		at++
	}
	return at
}

// PlainEnd is the offset from an offset on at which a string ends, has an escape, a control character or a byte that is not
// ASCII; or somewhat before.
func PlainEnd(text string, at int) int {
	for at+8 <= len(text) {
		w := word(text, at)
		if found := marks(w) | (w-ones*' ')&^w&highs | w&highs; found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
		at += 8
	}
	return at
}

// marks has the highest bit of a byte set that is a quotation mark or a backslash.
func marks(w uint64) uint64 {
	quote, escape := w^ones*'"', w^ones*'\\'
	return ((quote-ones)&^quote | (escape-ones)&^escape) & highs
}

func word[T ~string | ~[]byte](text T, at int) uint64 {
	_ = text[at+7]
	return uint64(text[at]) | uint64(text[at+1])<<8 | uint64(text[at+2])<<16 | uint64(text[at+3])<<24 |
		uint64(text[at+4])<<32 | uint64(text[at+5])<<40 | uint64(text[at+6])<<48 | uint64(text[at+7])<<56
}
