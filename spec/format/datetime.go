package format

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

type day struct{ year, month, day int }

type clock struct{ hour, minute, second int }

// checkDateTime is the date-time of RFC 3339, section 5.6, with "T" and "Z" in either case.
func checkDateTime(s string) error {
	d, c, end, err := scanDateTime(s)
	if err != nil {
		return err
	}
	offset, err := scanOffset(s, end)
	if err != nil {
		return err
	}
	if c.second < 60 {
		return nil
	}
	return checkLeapSecond(d, c, offset)
}

func checkDate(s string) error {
	if _, err := scanDate(s); err != nil {
		return err
	}
	return checkEnd(s, len("2006-01-02"), "the date")
}

// checkTime is full-time: an offset is needed. Without a date a leap second may fall on any day.
func checkTime(s string) error {
	c, end, err := scanClock(s, 0)
	if err != nil {
		return err
	}
	offset, err := scanOffset(s, end)
	if err != nil || c.second < 60 {
		return err
	}
	if _, minute := toUTC(c, offset); minute != lastMinute {
		return errLeapSecond
	}
	return nil
}

// checkDateTimeLocal has no offset, so a leap second may fall in any minute.
func checkDateTimeLocal(s string) error {
	_, _, end, err := scanDateTime(s)
	if err != nil {
		return err
	}
	return checkEnd(s, end, "the time")
}

func checkTimeLocal(s string) error {
	_, end, err := scanClock(s, 0)
	if err != nil {
		return err
	}
	return checkEnd(s, end, "the time")
}

// httpDateLayouts are the three forms of HTTP-date in RFC 9110, section 5.6.7.
var httpDateLayouts = []string{http.TimeFormat, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}

func checkHTTPDate(s string) error {
	for _, layout := range httpDateLayouts {
		t, err := time.Parse(layout, s)
		// Parse is lax about case, widths and the day of the week; the way back is not.
		if err == nil && t.Format(layout) == s {
			return nil
		}
	}
	return fmt.Errorf("%s is not an HTTP date such as %q", clip(s), "Sun, 06 Nov 1994 08:49:37 GMT")
}

func scanDateTime(s string) (d day, c clock, end int, err error) {
	if d, err = scanDate(s); err != nil {
		return d, c, 0, err
	}
	const at = len("2006-01-02")
	if len(s) == at {
		return d, c, 0, errors.New("has no time after the date")
	}
	if s[at] != 'T' && s[at] != 't' {
		return d, c, 0, fmt.Errorf("%w, not \"T\"", badRune(s, at))
	}
	c, end, err = scanClock(s, at+1)
	return d, c, end, err
}

// scanDate reads the full-date that s begins with, always ten bytes.
func scanDate(s string) (d day, err error) {
	if d.year, err = scanDigits(s, 0, 4, "year"); err != nil {
		return d, err
	}
	if err = expect(s, 4, '-'); err != nil {
		return d, err
	}
	if d.month, err = scanDigits(s, 5, 2, "month"); err != nil {
		return d, err
	}
	if err = expect(s, 7, '-'); err != nil {
		return d, err
	}
	if d.day, err = scanDigits(s, 8, 2, "day"); err != nil {
		return d, err
	}
	if d.month < 1 || d.month > 12 {
		return d, fmt.Errorf("month %02d does not exist", d.month)
	}
	if d.day < 1 || d.day > daysIn(d.year, d.month) {
		return d, fmt.Errorf("day %02d does not exist in %04d-%02d", d.day, d.year, d.month)
	}
	return d, nil
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// scanClock reads the partial-time at byte at of s: seconds up to 60, any number of decimals.
func scanClock(s string, at int) (c clock, end int, err error) {
	if c.hour, err = scanDigits(s, at, 2, "hour"); err != nil {
		return c, 0, err
	}
	if err = expect(s, at+2, ':'); err != nil {
		return c, 0, err
	}
	if c.minute, err = scanDigits(s, at+3, 2, "minute"); err != nil {
		return c, 0, err
	}
	if err = expect(s, at+5, ':'); err != nil {
		return c, 0, err
	}
	if c.second, err = scanDigits(s, at+6, 2, "second"); err != nil {
		return c, 0, err
	}
	if err = c.check(); err != nil {
		return c, 0, err
	}
	end, err = scanFraction(s, at+8)
	return c, end, err
}

func (c clock) check() error {
	switch {
	case c.hour > 23:
		return fmt.Errorf("hour %02d does not exist", c.hour)
	case c.minute > 59:
		return fmt.Errorf("minute %02d does not exist", c.minute)
	case c.second > 60:
		return fmt.Errorf("second %02d does not exist", c.second)
	}
	return nil
}

func scanFraction(s string, at int) (end int, err error) {
	if at >= len(s) || s[at] != '.' {
		return at, nil
	}
	end = at + 1
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	if end == at+1 {
		return 0, fmt.Errorf("needs a digit after the \".\" at byte %d", at)
	}
	return end, nil
}

// scanOffset reads the time-offset that ends s, in minutes east of UTC.
func scanOffset(s string, at int) (minutes int, err error) {
	if at == len(s) {
		return 0, errors.New(`has no offset after the time, such as "Z" or "+01:00"`)
	}
	sign := 1
	switch s[at] {
	case 'Z', 'z':
		return 0, checkEnd(s, at+1, "the offset")
	case '-':
		sign = -1
	case '+':
	default:
		return 0, fmt.Errorf("%w, not an offset such as \"Z\" or \"+01:00\"", badRune(s, at))
	}
	hour, err := scanDigits(s, at+1, 2, "offset hour")
	if err != nil {
		return 0, err
	}
	if err = expect(s, at+3, ':'); err != nil {
		return 0, err
	}
	minute, err := scanDigits(s, at+4, 2, "offset minute")
	if err != nil {
		return 0, err
	}
	if hour > 23 || minute > 59 {
		return 0, fmt.Errorf("offset %s does not exist", s[at:at+6])
	}
	return sign * (hour*60 + minute), checkEnd(s, at+6, "the offset")
}

const (
	minutesADay = 24 * 60
	lastMinute  = minutesADay - 1
)

var errLeapSecond = errors.New("second 60 exists only at 23:59:60 UTC")

// toUTC takes the offset off c: the days this moves the date by (-1, 0 or 1) and the minute of that day.
func toUTC(c clock, offset int) (days, minute int) {
	minute = c.hour*60 + c.minute - offset
	switch {
	case minute < 0:
		return -1, minute + minutesADay
	case minute >= minutesADay:
		return 1, minute - minutesADay
	}
	return 0, minute
}

// checkLeapSecond holds second 60 to the last minute of a month in UTC: RFC 3339, section 5.7, has it "at
// the end of months in which a leap second occurs". Which months those are is not known in advance, so none
// is refused.
func checkLeapSecond(d day, c clock, offset int) error {
	days, minute := toUTC(c, offset)
	if minute != lastMinute {
		return errLeapSecond
	}
	last := daysIn(d.year, d.month)
	if utc := d.day + days; utc == last || utc == 0 {
		return nil
	}
	return errors.New("second 60 exists only on the last day of a month in UTC")
}

// scanDigits reads exactly n ASCII digits at byte at of s.
func scanDigits(s string, at, n int, what string) (value int, err error) {
	for i := at; i < at+n; i++ {
		if i >= len(s) || !isDigit(s[i]) {
			return 0, fmt.Errorf("needs %d digits for the %s at byte %d", n, what, at)
		}
		value = value*10 + int(s[i]-'0')
	}
	return value, nil
}

// expect reports that byte at of s is not c.
func expect(s string, at int, c byte) error {
	if at < len(s) && s[at] == c {
		return nil
	}
	return fmt.Errorf("needs %q at byte %d", string(c), at)
}

// checkEnd reports what s has from byte end on.
func checkEnd(s string, end int, what string) error {
	if end == len(s) {
		return nil
	}
	return fmt.Errorf("has %s after %s", clip(s[end:]), what)
}
