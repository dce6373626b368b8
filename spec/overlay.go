package spec

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonpath/pkg/jsonpath"
	"github.com/pb33f/jsonpath/pkg/jsonpath/config"
	highoverlay "github.com/pb33f/libopenapi/datamodel/high/overlay"
	"github.com/pb33f/libopenapi/datamodel/low"
	lowoverlay "github.com/pb33f/libopenapi/datamodel/low/overlay"
	"github.com/pb33f/libopenapi/overlay"
)

// overlaying applies overlays with libopenapi, which renders the result anew, and gives every node of the result the
// file and line it came from: findings cite the text a person wrote.
type overlaying struct {
	text  Source
	root  *yaml.Node
	files map[*yaml.Node]uint16 // of nodes that an overlay brought
}

func (o *overlaying) apply(ov Source, file uint16) error {
	parsed, err := parseOverlay(ov.Data)
	if err != nil {
		return fmt.Errorf("%s: not a readable overlay: %s", ov.Name, plain(err))
	}
	if o.text.Data, err = applyOverlay(o.text, ov.Name, parsed); err != nil {
		return err
	}
	next, _, err := parse(o.text)
	if err != nil {
		return fmt.Errorf("%s: after applying it: %w", ov.Name, err)
	}
	old := map[*yaml.Node]uint16{}
	o.inherit(next, o.root, old)
	o.files, o.root = old, next
	return o.stamp(parsed, file)
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
			if text.Data, _, _, err = tree.asOne(); err != nil {
				return out, err
			}
		}
		out.Lost = slices.DeleteFunc(tree.Flaws, func(f Finding) bool { return f.Rule != "$ref" && f.Rule != "mapping" })
	}
	for _, ov := range overlays {
		parsed, err := parseOverlay(ov.Data)
		if err != nil {
			return out, fmt.Errorf("%s: not a readable overlay: %s", ov.Name, plain(err))
		}
		if text.Data, err = applyOverlay(text, ov.Name, parsed); err != nil {
			return out, err
		}
	}
	out.Text = text.Data
	return out, nil
}

// asOne is a document of several files as the text of one, and that text read again: with the lines and the files that
// its nodes come from.
func (d *Document) asOne() ([]byte, *yaml.Node, map[*yaml.Node]uint16, error) {
	whole, files, err := d.bundle()
	if err != nil {
		return nil, nil, nil, err
	}
	for _, style := range []yaml.Style{0, yaml.DoubleQuotedStyle} {
		quoteLines(whole, style)
		var b bytes.Buffer
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		if err := e.Encode(whole); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", d.Name(), err)
		}
		root, err := parseFile(Source{Name: d.Name(), Data: b.Bytes()})
		if err == nil && sameYAML(root, whole) {
			o := overlaying{files: files}
			of := map[*yaml.Node]uint16{}
			o.inherit(root, whole, of)
			return b.Bytes(), root, of, nil
		}
	}
	return nil, nil, nil, fmt.Errorf("%s: its texts cannot be written as YAML", d.Name())
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

// parseOverlay and applyOverlay do what libopenapi.ApplyOverlay does, but for building a model of the result that nobody
// wants. Its package brings the comparison of documents along, which is an eighth of the binary.
func parseOverlay(data []byte) (*highoverlay.Overlay, error) {
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
	return highoverlay.NewOverlay(&parsed), nil
}

func applyOverlay(to Source, name string, parsed *highoverlay.Overlay) ([]byte, error) {
	res, err := overlay.Apply(to.Data, parsed)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be applied to %s: %s", name, to.Name, plain(err))
	}
	for _, w := range res.Warnings {
		return nil, fmt.Errorf("%s: action on %q: %s; correct the target or remove the action", name, w.Target, w.Message)
	}
	return res.Bytes, nil
}

// inherit gives the nodes of the new tree the lines of the old one where both have them, and line 0 elsewhere.
func (o *overlaying) inherit(next, prev *yaml.Node, files map[*yaml.Node]uint16) {
	next.Line = 0
	if prev != nil {
		next.Line = prev.Line
		if f, ok := o.files[prev]; ok {
			files[next] = f
		}
	}
	for i, c := range counterparts(next, prev) {
		o.inherit(next.Content[i], c, files)
	}
}

// counterparts are the children of prev that the children of next come from, nil where one comes from nowhere: in an
// object those of the same key, in a list those of the same content, since an overlay can remove items and add some.
func counterparts(next, prev *yaml.Node) []*yaml.Node {
	out := make([]*yaml.Node, len(next.Content))
	switch {
	case prev == nil || prev.Kind != next.Kind:
	case next.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(next.Content); i += 2 {
			if k := keyIndex(prev, next.Content[i].Value); k >= 0 {
				out[i], out[i+1] = prev.Content[k], prev.Content[k+1]
			}
		}
	case next.Kind == yaml.SequenceNode:
		matchItems(next.Content, prev.Content, out)
	default:
		copy(out, prev.Content)
	}
	return out
}

func keyIndex(object *yaml.Node, key string) int {
	for k := 0; k+1 < len(object.Content); k += 2 {
		if object.Content[k].Value == key {
			return k
		}
	}
	return -1
}

// matchItems pairs items that are equal, then those that an action changed with the one most like them.
func matchItems(next, prev, out []*yaml.Node) {
	taken := make([]bool, len(prev))
	from := 0
	for i, n := range next {
		for k := from; k < len(prev); k++ {
			if sameYAML(n, prev[k]) {
				out[i], taken[k], from = prev[k], true, k+1
				break
			}
		}
	}
	for i, n := range next {
		best, bestScore := -1, 0
		for k, p := range prev {
			if score := likeness(n, p); out[i] == nil && !taken[k] && score > bestScore {
				best, bestScore = k, score
			}
		}
		if best >= 0 {
			out[i], taken[best] = prev[best], true
		}
	}
}

func sameYAML(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameYAML)
}

// likeness counts the members that a has from b; 0 unless they are most of b's.
func likeness(a, b *yaml.Node) int {
	if a.Kind != yaml.MappingNode || b.Kind != yaml.MappingNode {
		return 0
	}
	n := 0
	for i := 0; i+1 < len(a.Content); i += 2 {
		if k := keyIndex(b, a.Content[i].Value); k >= 0 && sameYAML(a.Content[i+1], b.Content[k+1]) {
			n++
		}
	}
	if 4*n <= len(b.Content) { // keys and values
		return 0
	}
	return n
}

// stamp gives what the overlay brought the overlay's own lines.
func (o *overlaying) stamp(ov *highoverlay.Overlay, file uint16) error {
	for _, a := range ov.Actions {
		if a.Update == nil {
			continue
		}
		p, err := jsonpath.NewPath(a.Target, config.WithPropertyNameExtension())
		if err != nil {
			return fmt.Errorf("target %q: %w", a.Target, err)
		}
		for _, n := range p.Query(o.root) {
			o.mark(n, a.Update, file)
		}
	}
	return nil
}

// mark stamps a node and what is below it. An update of a list adds to it: its items are somewhere in the result.
func (o *overlaying) mark(n, from *yaml.Node, file uint16) {
	if n.Line == 0 {
		n.Line = from.Line
		o.files[n] = file
	}
	if n.Kind == yaml.SequenceNode {
		items := []*yaml.Node{from}
		if from.Kind == yaml.SequenceNode {
			items = from.Content
		}
		for _, item := range items {
			i := slices.IndexFunc(n.Content, func(c *yaml.Node) bool { return c.Line == 0 && sameYAML(c, item) })
			if i >= 0 {
				o.mark(n.Content[i], item, file)
			}
		}
		return
	}
	for i, c := range counterparts(n, from) {
		if c != nil {
			o.mark(n.Content[i], c, file)
		}
	}
}
