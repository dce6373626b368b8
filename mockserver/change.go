package mockserver

import (
	"encoding/binary"
	"slices"
)

// change is what became of a record: its new text, never altered once stored, or its end.
type change struct {
	text    []byte
	deleted bool
	// owner is the id of the record that this one belongs to; "" for a resource without a parent. The text alone does not
	// always tell it.
	owner string
	// nth says in which order the records made at run time were; 0 for one of the dataset.
	nth uint64
	// stays says that lists show the record where the dataset has it. Without it nothing is said.
	stays bool
}

// undone changes are none: the record is the dataset's.
func (c change) undone() bool { return c.text == nil && !c.deleted }

// kept is a change as a session keeps it, for there may be a million: the text alone where that is all, else what else
// there is to say in front of it. A text begins with a brace, what stands in front of one never does.
type kept []byte

const (
	keptLive byte = iota
	keptDeleted
	keptStays
)

// stays reports whether the change is none to lists: they show the record where the dataset has it.
func (k kept) stays() bool { return k[0] == '{' || k[0] == keptStays }

// keep packs a change.
func keep(c change) kept {
	if !c.deleted && c.owner == "" && c.nth == 0 && len(c.text) > 0 && c.text[0] == '{' {
		if cap(c.text)-len(c.text) > len(c.text)/8 {
			return slices.Clone(c.text) // without the room that a merge left
		}
		return c.text
	}
	head := make([]byte, 0, 1+2*binary.MaxVarintLen64+len(c.owner))
	switch {
	case c.deleted:
		head = append(head, keptDeleted)
	case c.stays:
		head = append(head, keptStays)
	default:
		head = append(head, keptLive)
	}
	head = binary.AppendUvarint(head, c.nth)
	head = binary.AppendUvarint(head, uint64(len(c.owner)))
	head = append(head, c.owner...)
	return slices.Concat(head, c.text)
}

// change unpacks what keep packed.
func (k kept) change() change {
	if k[0] == '{' {
		return change{text: k[:len(k):len(k)], stays: true}
	}
	c := change{deleted: k[0] == keptDeleted, stays: k[0] == keptStays}
	nth, n := binary.Uvarint(k[1:])
	owner, m := binary.Uvarint(k[1+n:])
	from := 1 + n + m
	c.nth, c.owner = nth, string(k[from:from+int(owner)])
	if text := k[from+int(owner):]; len(text) > 0 {
		c.text = text[:len(text):len(text)]
	}
	return c
}

// changeCost is what a session needs for a change beside its text, more or less: for its id and its place.
const changeCost = 96

func (k kept) cost() int64 { return int64(len(k)) + changeCost }
