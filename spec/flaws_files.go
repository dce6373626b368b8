package spec

import (
	"fmt"
	"strings"
)

// lostFile is a file that references lead into and that cannot be read: told once, with the number of references.
type lostFile struct {
	flaw int // in flawFinder.out, of the first reference
	more int
}

// toldOf reports whether a reference leads into a file that cannot be read and of which a flaw tells already.
func (f *flawFinder) toldOf(r reference, at place) bool {
	name := f.doc.unreadFile(r)
	if name == "" || len(f.out) == maxFlaws {
		return false
	}
	if file := f.lost[name]; file != nil {
		file.more++
		f.doc.counted = append(f.doc.counted, at.location())
		return true
	}
	if f.lost == nil {
		f.lost = map[string]*lostFile{}
	}
	f.lost[name] = &lostFile{flaw: len(f.out)}
	return false
}

// unreadFile is the file that a reference leads into, where it is that which is lost; "" where the file is there.
func (d *Document) unreadFile(r reference) string {
	name, _, _ := strings.Cut(r.from.n.get(r.key).str(), "#")
	if r.key != "$ref" || name == "" {
		return ""
	}
	if _, why := d.base(r.from.file, name); why == "" {
		return ""
	}
	if key, why := d.fileName(r.from.file, name); why == "" {
		return key
	}
	return name
}

// countLost says of each file that is lost how many references lead into it.
func (f *flawFinder) countLost() {
	for _, file := range f.lost {
		switch {
		case file.more == 1:
			f.out[file.flaw].Hint += "; one more reference leads into this file"
		case file.more > 1:
			f.out[file.flaw].Hint += fmt.Sprintf("; %d more references lead into this file", file.more)
		}
	}
}
