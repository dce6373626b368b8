package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/understudy-dev/understudy/mockserver"
	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
)

// announcement is what serve says when it is ready, beside what the server knows.
type announcement struct {
	seed  uint64
	token string // only one that was made up: the one secret that is shown, on purpose
}

// maxCurl is the longest line a person would paste.
const maxCurl = 2000

// announce says where the API is: to a person, or as the first line of the log for a program.
func (a *app) announce(p *play, say announcement) error {
	base := p.doors[0].url()
	api, controlURL := base+p.stage.server().BasePath(), p.doors[len(p.doors)-1].url()+control.Prefix+"/"
	if p.set.log == "json" {
		return a.ready(p, say, api, controlURL)
	}
	doc := p.stage.server().Document()
	var b bytes.Buffer
	fmt.Fprintf(&b, "Understudy plays %s (%s)\n\n", oneLine(doc.Title+" "+doc.Release), oneLine(doc.Name()))
	fmt.Fprintf(&b, "  API      %s\n  Control  %s\n", api, controlURL)
	if say.token != "" {
		fmt.Fprintf(&b, "  Token    %s (for the control API: \"Authorization: Bearer TOKEN\")\n", say.token)
	}
	fmt.Fprintf(&b, "  Seed     %d\n", say.seed)
	if out := outgoing(doc); len(out) > 0 {
		how := "not sent; --callbacks sends them to this machine"
		if p.set.callbacks {
			how = "sent to this machine"
		}
		fmt.Fprintf(&b, "  Sends    %s (%s)\n", oneLine(strings.Join(out, ", ")), how)
	}
	tellStateless(&b, doc.Stateless())
	tellOtherForms(&b, doc.OtherForms())
	b.WriteString("\n")
	told := 0
	for e := range p.stage.server().Examples(base) {
		if told++; told > mockserver.FewExamples {
			fmt.Fprintf(&b, "and %d more operations.\n\n", len(doc.Operations)-mockserver.FewExamples)
			break
		}
		line := e.Curl
		if len(line) > maxCurl {
			line = fmt.Sprintf("# its curl line has %d bytes", len(line))
		}
		b.WriteString(oneLine(e.Operation.ID))
		if e.Operation.Summary != "" {
			b.WriteString(": " + oneLine(e.Operation.Summary))
		}
		fmt.Fprintf(&b, "\n%s\n\n", line)
	}
	b.WriteString("Ctrl-C stops it.\n")
	_, err := a.stdout.Write(b.Bytes())
	return err
}

// maxTold is how many of one kind are told one by one.
const maxTold = 3

// tellStateless says which paths remember nothing although one would expect it.
func tellStateless(b *bytes.Buffer, paths []spec.Stateless) {
	tellFew(b, "State", "nor for", paths, func(s spec.Stateless) string { return "none for " + s.Methods() + " " + s.Path + ": " + s.Why })
}

// tellOtherForms says which members of bodies change nothing because no record can show them.
func tellOtherForms(b *bytes.Buffer, forms []spec.OtherForm) {
	tellFew(b, "Ignored", "and", forms, func(f spec.OtherForm) string {
		return f.Operation.ID + " with " + f.Name + ": the record shows it as " + f.ShownAs()
	})
}

// tellFew writes a line for each of the first few below one label, and how many more there are.
func tellFew[T any](b *bytes.Buffer, label, more string, all []T, line func(T) string) {
	for i, one := range all {
		if i == maxTold {
			fmt.Fprintf(b, "  %-8s %s %d more; understudy lint says all\n", label, more, len(all)-i)
			return
		}
		fmt.Fprintf(b, "  %-8s %s\n", label, oneLine(line(one)))
		label = ""
	}
}

// outgoing names the callbacks and webhooks of a document.
func outgoing(doc *spec.Document) []string {
	var out []string
	for _, o := range doc.Operations {
		for _, c := range o.Callbacks {
			out = append(out, "callback "+c.Name+" of "+o.ID)
		}
	}
	for _, w := range doc.Webhooks {
		out = append(out, "webhook "+w.Name)
	}
	const most = 8
	if len(out) > most {
		out = append(out[:most], fmt.Sprintf("%d more", len(out)-most))
	}
	return out
}

// ready is the event that scripts wait for.
func (a *app) ready(p *play, say announcement, api, controlURL string) error {
	attrs := []slog.Attr{
		slog.String("url", api), slog.String("control", controlURL), slog.Uint64("seed", say.seed),
		slog.String("document", p.stage.server().Document().Name()), slog.String("hash", p.stage.server().Document().Hash),
		slog.String("version", version()),
	}
	var forgetful []string
	for _, s := range p.stage.server().Document().Stateless() {
		forgetful = append(forgetful, s.Path)
	}
	if len(forgetful) > 0 {
		attrs = append(attrs, slog.Any("stateless", forgetful))
	}
	if say.token != "" {
		attrs = append(attrs, slog.String("control_token", say.token))
	}
	r := slog.NewRecord(time.Now(), slog.LevelInfo, "ready", 0)
	r.AddAttrs(attrs...)
	return p.logger.Handler().Handle(context.Background(), r)
}

// logger writes the lines for requests in the format asked for.
func (a *app) logger(format string) *slog.Logger {
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(a.stdout, &slog.HandlerOptions{ReplaceAttr: milliseconds}))
	case "text":
		return slog.New(slog.NewTextHandler(a.stderr, nil))
	}
	return slog.New(slog.DiscardHandler)
}

// milliseconds gives durations in JSON a unit: "took" becomes "took_ms".
func milliseconds(_ []string, attr slog.Attr) slog.Attr {
	if attr.Value.Kind() != slog.KindDuration {
		return attr
	}
	return slog.Float64(attr.Key+"_ms", float64(attr.Value.Duration().Microseconds())/1000)
}
