package spec

import (
	"fmt"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonpath/pkg/jsonpath"
	"github.com/pb33f/jsonpath/pkg/jsonpath/config"
	"github.com/pb33f/libopenapi"
	highoverlay "github.com/pb33f/libopenapi/datamodel/high/overlay"
)

// overlaying applies overlays with libopenapi, which renders the result anew, and gives every node of the result the
// file and line it came from: findings cite the text a person wrote.
type overlaying struct {
	text  Source
	root  *yaml.Node
	files map[*yaml.Node]uint8 // of nodes that an overlay brought
}

func (o *overlaying) apply(ov Source, file uint8) error {
	parsed, err := libopenapi.NewOverlayDocument(ov.Data)
	if err != nil {
		return fmt.Errorf("%s: not a readable overlay: %s", ov.Name, plain(err))
	}
	res, err := libopenapi.ApplyOverlayToSpecBytes(o.text.Data, parsed)
	if err != nil {
		return fmt.Errorf("%s: cannot be applied to %s: %s", ov.Name, o.text.Name, plain(err))
	}
	for _, w := range res.Warnings {
		return fmt.Errorf("%s: action on %q: %s; correct the target or remove the action", ov.Name, w.Target, w.Message)
	}
	o.text.Data = res.Bytes
	next, _, err := parse(o.text)
	if err != nil {
		return fmt.Errorf("%s: after applying it: %w", ov.Name, err)
	}
	old := map[*yaml.Node]uint8{}
	o.inherit(next, o.root, old)
	o.files, o.root = old, next
	return o.stamp(parsed, file)
}

// inherit gives the nodes of the new tree the lines of the old one where both have them, and line 0 elsewhere.
func (o *overlaying) inherit(next, prev *yaml.Node, files map[*yaml.Node]uint8) {
	next.Line = 0
	if prev != nil {
		next.Line = prev.Line
		if f, ok := o.files[prev]; ok {
			files[next] = f
		}
	}
	for i := range next.Content {
		o.inherit(next.Content[i], counterpart(next, prev, i), files)
	}
}

// counterpart is the child of prev that stands where child i of next does: the same key, the same index.
func counterpart(next, prev *yaml.Node, i int) *yaml.Node {
	if prev == nil || prev.Kind != next.Kind {
		return nil
	}
	if next.Kind != yaml.MappingNode {
		if i < len(prev.Content) {
			return prev.Content[i]
		}
		return nil
	}
	key := next.Content[i-i%2].Value
	for k := 0; k+1 < len(prev.Content); k += 2 {
		if prev.Content[k].Value == key {
			return prev.Content[k+i%2]
		}
	}
	return nil
}

// stamp gives what the overlay brought the overlay's own lines.
func (o *overlaying) stamp(ov *highoverlay.Overlay, file uint8) error {
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

func (o *overlaying) mark(n, from *yaml.Node, file uint8) {
	if n.Line == 0 {
		n.Line = from.Line
		o.files[n] = file
	}
	for i := range n.Content {
		if c := counterpart(n, from, i); c != nil {
			o.mark(n.Content[i], c, file)
		}
	}
}
