package format

import (
	"errors"
	"fmt"
	"strings"
)

// checkDuration is the duration of RFC 3339, appendix A: whole numbers, units without gaps ("P1Y2D" lacks
// the months), weeks alone. Its designators are capitals, as in ISO 8601, from which the appendix collects
// them.
func checkDuration(s string) error {
	if !strings.HasPrefix(s, "P") {
		return errors.New(`does not begin with "P"`)
	}
	i, err := scanUnits(s, 1, "YMD")
	if err != nil {
		return err
	}
	switch {
	case i == len(s) && i > 1:
		return nil
	case i == len(s):
		return errors.New(`has no number after "P"`)
	case s[i] == 'T':
		return checkDurationTime(s, i+1)
	}
	return checkWeeks(s)
}

func checkDurationTime(s string, from int) error {
	i, err := scanUnits(s, from, "HMS")
	if err != nil {
		return err
	}
	if i == from && i == len(s) {
		return errors.New(`has no number after "T"`)
	}
	if i < len(s) {
		return badRune(s, i)
	}
	return nil
}

// checkWeeks is called for whatever is no sequence of dates and times.
func checkWeeks(s string) error {
	i := skipDigits(s, 1)
	if i == 1 {
		return badRune(s, i)
	}
	if s[i] != 'W' {
		return badRune(s, i)
	}
	return checkEnd(s, i+1, "the weeks")
}

// scanUnits reads numbers with their units, which follow each other in the order of units without a gap.
// It stops before "T" and before weeks in first place.
func scanUnits(s string, from int, units string) (end int, err error) {
	next := -1
	for i := from; ; {
		at := skipDigits(s, i)
		switch {
		case at == i:
			return i, nil
		case at == len(s):
			return 0, fmt.Errorf("has no unit after the number at byte %d", i)
		case i == 1 && s[at] == 'W':
			return 1, nil
		}
		unit := strings.IndexByte(units, s[at])
		if unit < 0 {
			return 0, fmt.Errorf("%w, not one of the units %s", badRune(s, at), units)
		}
		if next >= 0 && unit != next {
			return 0, fmt.Errorf("has the unit %q out of order at byte %d", s[at:at+1], at)
		}
		next = unit + 1
		i = at + 1
	}
}

func skipDigits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}
