package format

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("9", 5000)
	table := map[string]values{
		"int8":  {valid: []string{"127", "-128"}, invalid: []string{"128", "-129"}},
		"int16": {valid: []string{"32767", "-32768"}, invalid: []string{"32768", "-32769"}},
		"int32": {valid: []string{"2147483647", "-2147483648", "1e9"}, invalid: []string{
			"2147483648",
			"-2147483649", "0.1", "1e10",
		}},
		"uint8":  {valid: []string{"255", "0", "-0"}, invalid: []string{"256", "-1"}},
		"uint16": {valid: []string{"65535"}, invalid: []string{"65536"}},
		"uint32": {valid: []string{"4294967295"}, invalid: []string{"4294967296"}},
		"uint64": {valid: []string{"18446744073709551615"}, invalid: []string{
			"18446744073709551616",
			"99999999999999999999", "-1",
		}},
		"int64": {
			valid: []string{
				"0", "-0", "-0.0", "0e5", "0e999999999999", "0.000", "1.0", "1.00e0", "10e-1", "1.5e1",
				"0.001e3", "9223372036854775807", "-9223372036854775808", "9223372036854775807.000",
				"9.223372036854775807e18", "92233720368547758070e-1", "1E+2", "9e18",
			},
			invalid: []string{
				"9223372036854775808", "-9223372036854775809", "9223372036854775807.5", "1.5", "1e-1",
				"0.1e0", "1e19", "1e999999999999999999999", "1e-999999999999999999999",
				"-1e1000001", huge, "0." + huge, "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1e5.", "0x1", "NaN",
				"Infinity", "1_0", " 1", "1 ", "--1", "١",
			},
		},
		"double-int": {valid: []string{
			"9007199254740991",
			"-9007199254740991",
		}, invalid: []string{"9007199254740992", "0.5"}},
		"float": {valid: []string{"3.4e38", "-0.1", "1e-400", "1"}, invalid: []string{
			"3.5e38", "1e39",
			"-1e400", "0x1p4", "inf",
		}},
		"double": {
			valid:   []string{"1.7976931348623157e308", "5e-324", "1e-999999999999", "0.1", "0e999999999999"},
			invalid: []string{"1e309", "-1e309", "1e999999999999", "NaN", "1_000.5", huge},
		},
		"decimal": {valid: []string{"1.5", "1e999999"}, invalid: []string{"1.", "a"}},
		"decimal128": {
			valid: []string{
				"0", "0e99999", strings.Repeat("9", 34), "9.9e6144", "1e-6176",
				strings.Repeat("1", 34) + "000",
			},
			invalid: []string{strings.Repeat("1", 35), "1e6145", "1e-6177", "1." + strings.Repeat("0", 33) + "1"},
		},
	}
	for name, test := range table {
		for _, s := range test.valid {
			if err := CheckNumber(name, json.Number(s)); err != nil {
				t.Errorf("CheckNumber(%q, %s) = %v, want valid", name, s, err)
			}
		}
		for _, s := range test.invalid {
			if CheckNumber(name, json.Number(s)) == nil {
				t.Errorf("CheckNumber(%q, %.40s) = nil, want an error", name, s)
			}
		}
	}
}

func TestNumberErrorText(t *testing.T) {
	t.Parallel()
	for n, want := range map[json.Number]string{
		"2147483648":  `"2147483648" is above 2147483647, the greatest int32`,
		"-2147483649": `"-2147483649" is below -2147483648, the least int32`,
		"1.5":         `"1.5" is not an integer`,
		"1.":          `"1." is not a JSON number`,
	} {
		if err := CheckNumber("int32", n); err == nil || err.Error() != want {
			t.Errorf("CheckNumber(int32, %s) = %v, want %q", n, err, want)
		}
	}
	if err := CheckNumber("uint8", "-1"); err == nil || err.Error() != `"-1" is below 0, the least uint8` {
		t.Errorf("CheckNumber(uint8, -1) = %v", err)
	}
}

// FuzzCheckNumber holds the integer formats against exact arithmetic, where that is affordable.
func FuzzCheckNumber(f *testing.F) {
	for _, s := range []string{
		"0", "-1.50e1", "9223372036854775808", "1e999999999", "0.00120e4",
		"-9223372036854775808",
	} {
		f.Add(s)
	}
	low, high := big.NewInt(-1<<63), big.NewInt(1<<63-1)
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range Names() {
			_ = CheckNumber(name, json.Number(s))
		}
		got := CheckNumber("int64", json.Number(s)) == nil
		d, err := parseNumeral(json.Number(s))
		if (err == nil) != (json.Valid([]byte(s)) && strings.Trim(s, "-+.eE0123456789") == "") {
			t.Fatalf("parseNumeral(%q) = %v, unlike encoding/json", s, err)
		}
		if err != nil || d.exponent > 1000 || d.exponent < -1000 {
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		want := ok && exact.IsInt() && exact.Num().Cmp(low) >= 0 && exact.Num().Cmp(high) <= 0
		if got != want {
			t.Errorf("CheckNumber(int64, %s) valid %v, want %v", s, got, want)
		}
	})
}
