package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/understudy-dev/understudy/spec"
)

// formats are the kinds of report that go to a file.
var formats = []struct {
	kind  string
	write func(io.Writer, Run) error
}{
	{"html", HTML}, {"json", JSON}, {"junit", JUnit}, {"sarif", SARIF},
}

// Kinds are the kinds of report that Write makes.
func Kinds() []string {
	var out []string
	for _, f := range formats {
		out = append(out, f.kind)
	}
	return out
}

// Write makes a report of a kind in a file: directories that are missing are made, and a file that is there is replaced
// as a whole or not at all. The error names the kind or the file.
func Write(kind, path string, run Run) error {
	i := slices.Index(Kinds(), kind)
	if i < 0 {
		hint := ""
		if near := spec.Nearest(kind, Kinds()); near != "" {
			hint = "; did you mean " + near + "?"
		}
		return fmt.Errorf("there is no report %q%s; there are: %s", spec.Clip(kind), hint, strings.Join(Kinds(), ", "))
	}
	err := replaceFile(path, func(w io.Writer) error { return formats[i].write(w, run) })
	if err != nil {
		// The cause without the name of the temporary file.
		for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(err) {
			err = cause
		}
		return fmt.Errorf("cannot write the %s report %q: %w", kind, path, err)
	}
	return nil
}

// reportMode: reports are for others to read, CI servers among them.
const reportMode = 0o644

// replaceFile writes beside the file and renames; what is no regular file, like /dev/stdout, is written to as it is.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, reportMode)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // reports are for others to read
		return err
	}
	f, err := os.CreateTemp(dir, ".report-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Chmod(reportMode)
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
