package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/understudy-dev/understudy/contract"
	"github.com/understudy-dev/understudy/spec"
)

// GitHub writes a run as workflow commands: an annotation for each cause, on its line of the document where the
// document is a file of the user's. Only failures are errors.
func GitHub(w io.Writer, run Run) error {
	v := newView(run)
	var b strings.Builder
	for _, c := range v.Failures {
		b.WriteString(annotation("error", c, run.Files))
	}
	for _, c := range v.Warnings {
		b.WriteString(annotation("warning", c, run.Files))
	}
	for _, l := range v.Left {
		if l.Status != contract.Known && l.Status != contract.Skipped {
			fmt.Fprintf(&b, "::warning title=%s::%s\n", escapeProperty("understudy: checks not run"),
				escapeData(plural(len(l.Checks), "check")+": "+l.Reason))
		}
	}
	for _, r := range v.Records.Records {
		if r.Changed {
			fmt.Fprintf(&b, "::error title=%s::%s\n", escapeProperty("understudy: record not put back"),
				escapeData(r.Record+": "+r.Note))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotation(command string, c cause, files map[string]string) string {
	return annotate(command, c.Finding, files, c.sentence()+"\n"+c.details())
}

// annotate is a workflow command about the place of a finding.
func annotate(command string, f spec.Finding, files map[string]string, text string) string {
	var properties []string
	if file, ok := files[f.Document.File]; ok {
		properties = append(properties, "file="+escapeProperty(file))
		if line := f.Document.Line; line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", line))
		}
	}
	properties = append(properties, "title="+escapeProperty("understudy: "+f.Rule+levelNote(f.Level)))
	return fmt.Sprintf("::%s %s::%s\n", command, strings.Join(properties, ","), escapeData(text))
}

func levelNote(l spec.Level) string {
	if l == spec.Should {
		return " (should)"
	}
	return ""
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(visibleLines(s)) }
func escapeProperty(s string) string { return propertyEscapes.Replace(visibleLines(s)) }

// visibleLines is visible with the ends of lines kept.
func visibleLines(s string) string {
	parts := strings.Split(s, "\n")
	for i, p := range parts {
		parts[i] = visible(p)
	}
	return strings.Join(parts, "\n")
}
