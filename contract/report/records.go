package report

import "github.com/understudy-dev/understudy/contract"

// recordNote is what became of a record that the suite used, or of a property of it.
type recordNote struct {
	Record  string `json:"record"` // resource and id
	Note    string `json:"note"`
	Changed bool   `json:"changed"` // it is not as it was
}

func recordNotes(r *contract.Restoration) []recordNote { return nil }

// notPutBack are the notes about records that are not as they were.
func notPutBack(r *contract.Restoration) []recordNote {
	var out []recordNote
	for _, n := range recordNotes(r) {
		if n.Changed {
			out = append(out, n)
		}
	}
	return out
}
