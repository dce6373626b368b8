package report

import (
	"fmt"
	"strings"

	"github.com/understudy-dev/understudy/contract"
)

// recordsView is what became of the records that the suite used.
type recordsView struct {
	Records []recordNote `json:"records"`
	Notes   []string     `json:"notes"`
}

// recordNote is one of them. Note is "" for one that is as it was.
type recordNote struct {
	Record  string                `json:"record"` // resource and id
	Status  contract.RecordStatus `json:"status"`
	Changed bool                  `json:"changed"` // it is not as it was
	Note    string                `json:"note,omitempty"`
}

func newRecords(r *contract.Restoration) recordsView {
	if r == nil {
		return recordsView{}
	}
	v := recordsView{Notes: append([]string(nil), r.Notes...)}
	for _, rec := range r.Records {
		one := contract.Restoration{Records: []contract.RestoredRecord{rec}}
		v.Records = append(v.Records, recordNote{
			Record: rec.Resource + " " + rec.ID, Status: rec.Status, Changed: !one.Complete(), Note: recordWords(rec),
		})
	}
	if r.UndoFile != "" {
		v.Notes = append(v.Notes, "understudy restore "+quote(r.UndoFile)+" tries again to put back what is left")
	}
	return v
}

func recordWords(rec contract.RestoredRecord) string {
	var parts []string
	if rec.Reason != "" {
		parts = append(parts, rec.Reason)
	}
	for _, p := range rec.Properties {
		s := p.Property + ": " + p.Reason
		if p.Was != "" || p.Now != "" {
			s += fmt.Sprintf(" (was %s, is %s)", orNothing(p.Was), orNothing(p.Now))
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// unchanged are the records that are as they were and have nothing to be said of.
func (v recordsView) unchanged() int {
	n := 0
	for _, r := range v.Records {
		if r.Note == "" && !r.Changed {
			n++
		}
	}
	return n
}
