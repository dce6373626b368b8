package spec

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/pb33f/go-yaml"
	highoverlay "github.com/pb33f/libopenapi/datamodel/high/overlay"
	"github.com/pb33f/libopenapi/overlay"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// editing applies the actions of one overlay to a document. libopenapi can do that too (package overlay), but writes the
// document as text afterwards, which loses the lines, and an action that copies into every node may take it any time and
// memory. A test holds the two together.
type editing struct {
	*overlaying
	name string // of the overlay
	file uint16
}

var (
	errNothingSelected = errors.New("target matched zero nodes; correct the target or remove the action")
	errCopyAndUpdate   = errors.New("copy and update are both set; split them into separate actions")
)

// fault is an error with the overlay's file and line, and the action it is about.
func (e *editing) fault(i int, a *highoverlay.Action, err error) error {
	at := e.name
	if low := a.GoLow(); low != nil && low.RootNode != nil && low.RootNode.Line > 0 {
		at = fmt.Sprintf("%s:%d", at, low.RootNode.Line)
	}
	return fmt.Errorf("%s: action %d on %q: %s", at, i+1, Clip(a.Target), plain(err))
}

// act applies an action: a removal counts before a copy and an update.
func (e *editing) act(ov *highoverlay.Overlay, a *highoverlay.Action) error {
	a, err := effective(ov, a)
	if err != nil {
		return err
	}
	targets, err := e.room.query(e.root, a.Target)
	switch {
	case err != nil:
		return err
	case len(targets) == 0:
		return errNothingSelected
	case a.Remove:
		e.remove(targets)
		return nil
	case a.Update != nil && a.Copy != "":
		return errCopyAndUpdate
	case a.Copy != "":
		return e.copy(targets, a.Copy)
	case a.Update == nil || a.Update.IsZero():
		return nil
	}
	return e.update(targets, a.Update)
}

// effective is an action with what it has from one under components that it refers to.
func effective(ov *highoverlay.Overlay, a *highoverlay.Action) (*highoverlay.Action, error) {
	if a == nil || a.Target == "" {
		return nil, overlay.ErrMissingTarget
	}
	if a.Ref == "" && (a.GoLow() == nil || a.GoLow().Ref.KeyNode == nil) {
		return a, nil
	}
	var out highoverlay.Action
	name, ok := reusableAction(ov, a.Ref)
	if !ok || ov.Components == nil || ov.Components.Actions == nil {
		return nil, fmt.Errorf("%w %q; refer to one as #/components/actions/NAME", overlay.ErrInvalidActionReference, a.Ref)
	}
	shared, ok := ov.Components.Actions.Get(name)
	if !ok || shared == nil {
		return nil, fmt.Errorf("%w %q; there is no such action", overlay.ErrInvalidActionReference, a.Ref)
	}
	if shared.Fields != nil {
		out = *shared.Fields
	}
	out.Target, out.Ref = a.Target, a.Ref
	if a.Update != nil {
		out.Update = a.Update
	}
	if a.Copy != "" || a.GoLow() != nil && a.GoLow().Copy.KeyNode != nil {
		out.Copy = a.Copy
	}
	if a.HasRemove() {
		out.SetRemove(a.Remove)
	}
	return &out, nil
}

// reusableAction is the name of the action that a reference leads to, in the overlay itself.
func reusableAction(ov *highoverlay.Overlay, ref string) (string, bool) {
	if !strings.HasPrefix(ref, "#") {
		base, err := url.Parse(ov.Self)
		if err != nil || !base.IsAbs() {
			return "", false
		}
		to, err := base.Parse(ref)
		if err != nil || to.EscapedFragment() == "" || !strings.HasPrefix(to.String(), base.String()+"#") {
			return "", false
		}
		ref = "#" + to.EscapedFragment()
	}
	ptr, err := url.PathUnescape(ref[1:])
	at := strictjson.Segments(ptr)
	if err != nil || len(at) != 3 || strictjson.Pointer(at[:2]...) != "/components/actions" {
		return "", false
	}
	return at[2], true
}

// ofOneKind takes targets of one kind alone: what an update says fits objects, or lists, or scalars.
func ofOneKind(targets []*yaml.Node) error {
	for _, n := range targets {
		if n.Kind != targets[0].Kind {
			return fmt.Errorf("%w: mixed target types", overlay.ErrIncompatibleUpdate)
		}
	}
	return nil
}

func (e *editing) copy(targets []*yaml.Node, path string) error {
	from, err := e.room.query(e.root, path)
	switch {
	case err != nil:
		return err
	case len(from) == 0:
		return overlay.ErrCopySourceNotFound
	case len(from) > 1:
		return overlay.ErrCopySourceMultiple
	}
	source, err := e.clone(from[0], 0) // before anything changes: it may be a target too
	if err != nil {
		return err
	}
	c := *e
	c.file = noFile
	return c.update(targets, source)
}

// noFile: the nodes that are copied keep the file they have.
const noFile = ^uint16(0)

func (e *editing) update(targets []*yaml.Node, with *yaml.Node) error {
	if err := ofOneKind(targets); err != nil {
		return err
	}
	for _, n := range targets {
		if n.Kind == yaml.SequenceNode && with.Kind != yaml.SequenceNode {
			item, err := e.clone(with, 0)
			if err != nil {
				return err
			}
			e.adopt(n, item)
			continue
		}
		if err := e.merge(n, with, 0); err != nil {
			return err
		}
	}
	return nil
}

// merge puts what an update says into a node: objects member by member, lists behind what is there, scalars in its place.
func (e *editing) merge(n, with *yaml.Node, depth int) error {
	switch {
	case n.Kind != with.Kind:
		return overlay.ErrIncompatibleUpdate
	case depth > maxNesting:
		return errTooDeep
	}
	switch n.Kind {
	case yaml.MappingNode:
		return e.mergeObject(n, with, depth)
	case yaml.SequenceNode:
		for _, c := range with.Content {
			item, err := e.clone(c, 0)
			if err != nil {
				return err
			}
			e.adopt(n, item)
		}
		return nil
	case yaml.ScalarNode:
		n.Value, n.Tag, n.Style = with.Value, with.Tag, with.Style
		e.mark(n, with)
		return e.room.grow(0, len(with.Value))
	}
	return overlay.ErrIncompatibleUpdate
}

var errTooDeep = fmt.Errorf("it is nested deeper than %d levels", maxNesting)

func (e *editing) mergeObject(n, with *yaml.Node, depth int) error {
	have := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if _, twice := have[n.Content[i].Value]; !twice {
			have[n.Content[i].Value] = i
		}
	}
	if err := e.room.work(len(n.Content) + len(with.Content)); err != nil {
		return err
	}
	for i := 0; i+1 < len(with.Content); i += 2 {
		key, value := with.Content[i], with.Content[i+1]
		if at, is := have[key.Value]; is {
			if err := e.merge(n.Content[at+1], value, depth+1); err != nil {
				return fmt.Errorf("property %q: %w", Clip(key.Value), err)
			}
			if value.Kind == yaml.ScalarNode {
				e.mark(n.Content[at], key)
			}
			continue
		}
		newKey, err := e.clone(key, 0)
		if err != nil {
			return err
		}
		newValue, err := e.clone(value, 0)
		if err != nil {
			return err
		}
		have[key.Value] = len(n.Content)
		e.adopt(n, newKey)
		e.adopt(n, newValue)
	}
	return nil
}

// adopt adds a child.
func (e *editing) adopt(parent, child *yaml.Node) {
	parent.Content = append(parent.Content, child)
	e.room.note(parent, child)
}

// mark gives a node the line and the file of what it says now.
func (e *editing) mark(n, with *yaml.Node) {
	n.Line = with.Line
	e.files[n] = e.file
	if e.file == noFile {
		e.files[n] = e.files[with]
	}
}

// clone is a copy of a value, with aliases written out: their anchors stand in the overlay.
func (e *editing) clone(n *yaml.Node, depth int) (*yaml.Node, error) {
	if depth > maxNesting {
		return nil, errTooDeep
	}
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return e.clone(n.Alias, depth+1)
	}
	if err := e.room.grow(1, len(n.Value)); err != nil {
		return nil, err
	}
	out := *n
	out.Anchor, out.Alias, out.Content = "", nil, nil
	e.mark(&out, n)
	if len(n.Content) > 0 {
		out.Content = make([]*yaml.Node, 0, len(n.Content))
	}
	for _, c := range n.Content {
		child, err := e.clone(c, depth+1)
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, child)
	}
	return &out, nil
}

// remove takes nodes out of what they stand in: of an object with their keys.
func (e *editing) remove(targets []*yaml.Node) {
	gone := make(map[*yaml.Node]bool, len(targets))
	parents := map[*yaml.Node]bool{}
	var order []*yaml.Node
	index := e.room.parentsOf(e.root)
	for _, n := range targets {
		gone[n] = true
		if p := index[n]; p != nil && !parents[p] {
			parents[p] = true
			order = append(order, p)
		}
	}
	for _, p := range order {
		kept := p.Content[:0]
		if p.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(p.Content); i += 2 {
				if !gone[p.Content[i+1]] {
					kept = append(kept, p.Content[i], p.Content[i+1])
				}
			}
		} else {
			for _, c := range p.Content {
				if !gone[c] {
					kept = append(kept, c)
				}
			}
		}
		p.Content = kept
	}
}
