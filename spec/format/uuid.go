package format

import "fmt"

// checkUUID is RFC 9562, section 4, any version and variant, in either case.
func checkUUID(s string) error {
	const layout = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	for i := range min(len(s), len(layout)) {
		if layout[i] == '-' {
			if err := expect(s, i, '-'); err != nil {
				return err
			}
		} else if classes[s[i]]&inHex == 0 {
			return fmt.Errorf("%w, not a hexadecimal digit", badRune(s, i))
		}
	}
	if len(s) != len(layout) {
		return fmt.Errorf("has %d bytes, not %d", len(s), len(layout))
	}
	return nil
}
