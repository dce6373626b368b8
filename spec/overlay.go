package spec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pb33f/go-yaml"
	highoverlay "github.com/pb33f/libopenapi/datamodel/high/overlay"
	"github.com/pb33f/libopenapi/datamodel/low"
	lowoverlay "github.com/pb33f/libopenapi/datamodel/low/overlay"
	"github.com/pb33f/libopenapi/overlay"
)

// overlaying is a document that overlays are applied to. Nodes that an overlay brings keep its file and lines: findings cite
// the text a person wrote.
type overlaying struct {
	text  Source
	root  *yaml.Node
	files map[*yaml.Node]uint16 // of nodes that an overlay brought
	room  *room
}

func (o *overlaying) apply(ov Source, file uint16) error {
	parsed, err := parseOverlay(ov.Data)
	if err != nil {
		return unreadable(ov, "overlay", err)
	}
	if o.room == nil {
		o.room = newRoom(o.root)
	}
	e := editing{overlaying: o, name: ov.Name, file: file}
	for i, a := range parsed.Actions {
		if err := e.act(parsed, a); err != nil {
			return e.fault(i, a, err)
		}
	}
	if _, err := checkVersion(o.text.Name, o.root); err != nil {
		return fmt.Errorf("%s: after applying it: %w", ov.Name, err)
	}
	return nil
}

// Whole is the text of a document as it is played.
type Whole struct {
	Text []byte
	// Files are the names of the files that became part of it. Lost are references that lead nowhere, which stay as they
	// are.
	Files []string
	Lost  []Finding
}

// WithOverlays is the text of a document with overlays applied. A tree of files becomes one document, with what its
// references lead to among its components.
func WithOverlays(text Source, overlays ...Source) (Whole, error) {
	var out Whole
	root, _, err := parse(text)
	if err != nil {
		return out, err
	}
	if refersToFiles(root) {
		tree, err := Load(text)
		if err != nil {
			return out, err
		}
		if out.Files = tree.Files()[1:]; len(out.Files) > 0 {
			if text.Data, root, _, err = tree.asOne(); err != nil {
				return out, err
			}
		}
		out.Lost = slices.DeleteFunc(tree.Flaws, func(f Finding) bool { return f.Rule != "$ref" && f.Rule != "mapping" })
	}
	out.Text = text.Data
	if len(overlays) == 0 {
		return out, nil
	}
	o := overlaying{text: text, root: root, files: map[*yaml.Node]uint16{}}
	for i, ov := range overlays {
		if err := o.apply(ov, uint16(i+1)); err != nil {
			return out, err
		}
	}
	if len(o.root.Content) > 0 {
		o.root.Content[0].Style &^= yaml.FlowStyle // what was JSON is YAML with values in JSON then
	}
	out.Text, _, err = writeYAML(text.Name, o.root)
	return out, err
}

// asOne is a document of several files as the text of one, and that text read again: with the lines and the files that
// its nodes come from.
func (d *Document) asOne() ([]byte, *yaml.Node, map[*yaml.Node]uint16, error) {
	whole, files, err := d.bundle()
	if err != nil {
		return nil, nil, nil, err
	}
	text, root, err := writeYAML(d.Name(), whole)
	if err != nil {
		return nil, nil, nil, err
	}
	of := map[*yaml.Node]uint16{}
	inheritLines(root, whole, files, of)
	return text, root, of, nil
}

// writeYAML is a document as text, and what reading it again gives, which is the same.
func writeYAML(name string, root *yaml.Node) ([]byte, *yaml.Node, error) {
	for i, style := range []yaml.Style{0, 0, yaml.DoubleQuotedStyle} {
		if i > 0 {
			quoteLines(root, style)
		}
		var b bytes.Buffer
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		if err := e.Encode(root); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		again, err := parseFile(Source{Name: name, Data: b.Bytes()})
		if err == nil && sameYAML(again, root) {
			return b.Bytes(), again, nil
		}
	}
	return nil, nil, fmt.Errorf("%s: its texts cannot be written as YAML", name)
}

// inheritLines gives the nodes of a tree the lines and files of those of an equal one.
func inheritLines(next, prev *yaml.Node, files, to map[*yaml.Node]uint16) {
	next.Line = prev.Line
	if f, ok := files[prev]; ok {
		to[next] = f
	}
	for i, c := range prev.Content {
		inheritLines(next.Content[i], c, files, to)
	}
}

// quoteLines sets how texts of several lines are written.
func quoteLines(n *yaml.Node, style yaml.Style) {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "\n") {
		n.Style = style
	}
	for _, c := range n.Content {
		quoteLines(c, style)
	}
}

// refersToFiles reports whether a text has a $ref that leads out of it.
func refersToFiles(n *yaml.Node) bool {
	if n.Kind == yaml.MappingNode {
		if k := keyIndex(n, "$ref"); k >= 0 && n.Content[k+1].Kind == yaml.ScalarNode && !strings.HasPrefix(n.Content[k+1].Value, "#") {
			return true
		}
	}
	return slices.ContainsFunc(n.Content, refersToFiles)
}

// parseOverlay reads an overlay and lets libopenapi look at its frame.
func parseOverlay(data []byte) (*highoverlay.Overlay, error) {
	if why := noText(data); why != "" {
		return nil, errors.New(why)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, overlay.ErrInvalidOverlay
	}
	var parsed lowoverlay.Overlay
	if err := low.BuildModel(doc.Content[0], &parsed); err != nil {
		return nil, err
	}
	if err := parsed.Build(context.Background(), nil, doc.Content[0], nil); err != nil {
		return nil, err
	}
	whole := highoverlay.NewOverlay(&parsed)
	frame := *whole
	frame.Actions = []*highoverlay.Action{{Target: "$"}} // which does nothing
	if _, err := overlay.Apply([]byte("{}"), &frame); err != nil {
		return nil, err
	}
	if len(whole.Actions) == 0 {
		return nil, overlay.ErrEmptyActions
	}
	return whole, nil
}

func keyIndex(object *yaml.Node, key string) int {
	for k := 0; k+1 < len(object.Content); k += 2 {
		if object.Content[k].Value == key {
			return k
		}
	}
	return -1
}

func sameYAML(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameYAML)
}
