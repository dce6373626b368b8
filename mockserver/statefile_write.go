package mockserver

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// write puts the state into the file, or beside it when somebody else has changed it.
func (f *stateFile) write(path string, text []byte) error {
	target := path
	if linked, err := filepath.EvalSymlinks(path); err == nil {
		target = linked // a link stays a link
	}
	sum := sha256.Sum256(text)
	mode := fs.FileMode(0o600)
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return bare(err)
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	default:
		mode = info.Mode().Perm()
		now, err := os.ReadFile(target)
		if err != nil {
			return bare(err)
		}
		known := f.there && f.path == path
		if have := sha256.Sum256(now); have != sum && !(known && have == f.sum) {
			return f.writeBeside(path, text)
		}
	}
	if err := writeAtomically(target, text, mode); err != nil {
		return err
	}
	f.path, f.there, f.sum = path, true, sum
	return nil
}

var errTheirs = errors.New("somebody else changed it, so it is left as it is")

// writeBeside keeps a file that is somebody else's, and the state too.
func (f *stateFile) writeBeside(path string, text []byte) error {
	beside := f.conflict
	if beside == "" {
		beside = freeName(path + ".conflict")
	}
	if err := writeAtomically(beside, text, 0o600); err != nil {
		return fmt.Errorf("%w; the state could not be written beside it: %w", errTheirs, err)
	}
	f.conflict = beside
	return fmt.Errorf("%w; the state is in %q", errTheirs, beside)
}

func freeName(name string) string {
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(free); errors.Is(err, fs.ErrNotExist) {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// writeAtomically leaves the old file or the new one, never a part, whatever happens in between.
func writeAtomically(path string, text []byte, mode fs.FileMode) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return bare(err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	if _, err = tmp.Write(text); err != nil {
		return bare(err)
	}
	if err = errors.Join(tmp.Chmod(mode), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // not every file system can
		_ = d.Close()
	}
	return nil
}
