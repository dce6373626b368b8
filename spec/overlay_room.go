package spec

import (
	"errors"
	"fmt"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonpath/pkg/jsonpath"
	"github.com/pb33f/jsonpath/pkg/jsonpath/config"
	"github.com/pb33f/libopenapi/overlay"
)

// What overlays may make of a document, all together: as much again as it is, and this.
const (
	roomForNodes = 2 * maxAliased // keys count here too
	roomForBytes = 8 << 20
	roomForSteps = 5_000_000 // to find what actions select and put updates there
	stepsPerNode = 60        // more, for each node of the document
	maxTarget    = 8 << 10   // bytes of a target
)

var (
	errGrows = fmt.Errorf("overlays may make a document larger by as much as it is and %d values or %d MiB of text; "+
		"select fewer nodes, or put what is copied under components once and refer to it", roomForNodes/2, roomForBytes>>20)
	errWorks = errors.New("finding what it selects takes too long; name the nodes with fewer \"..\", \"*\" and filters that " +
		"look through all that is below")
	errLongTarget = fmt.Errorf("the target has more than %d bytes; split the action", maxTarget)
)

// room is what overlays may still do to a document.
type room struct {
	have    int // nodes there are
	nodes   int // that may still be made
	bytes   int
	steps   int
	parents map[*yaml.Node]*yaml.Node // made when first needed
}

func newRoom(root *yaml.Node) *room {
	r := &room{}
	bytes := 0
	eachNode(root, func(n *yaml.Node) {
		r.have++
		bytes += len(n.Value)
	})
	r.nodes, r.bytes, r.steps = r.have+roomForNodes, bytes+roomForBytes, stepsPerNode*r.have+roomForSteps
	return r
}

// eachNode visits a node and what is below it; what an alias stands for is visited at its anchor.
func eachNode(n *yaml.Node, visit func(*yaml.Node)) {
	visit(n)
	for _, c := range n.Content {
		eachNode(c, visit)
	}
}

func (r *room) grow(nodes, bytes int) error {
	r.have += nodes
	r.nodes -= nodes
	r.bytes -= bytes
	if r.nodes < 0 || r.bytes < 0 {
		return errGrows
	}
	return r.work(nodes)
}

func (r *room) work(steps int) error {
	if r.steps -= steps; r.steps < 0 {
		return errWorks
	}
	return nil
}

// note remembers the parent of a new child.
func (r *room) note(parent, child *yaml.Node) {
	if r.parents != nil {
		r.parents[child] = parent
		r.index(child)
	}
}

func (r *room) index(n *yaml.Node) {
	for _, c := range n.Content {
		r.parents[c] = n
		r.index(c)
	}
}

func (r *room) parentsOf(root *yaml.Node) map[*yaml.Node]*yaml.Node {
	if r.parents == nil {
		r.parents = make(map[*yaml.Node]*yaml.Node, r.have)
		r.index(root)
	}
	return r.parents
}

// query finds the nodes that a JSONPath selects, where that takes no more steps than there are.
func (r *room) query(root *yaml.Node, target string) ([]*yaml.Node, error) {
	if len(target) > maxTarget {
		return nil, errLongTarget
	}
	path, err := jsonpath.NewPath(target, config.WithPropertyNameExtension(), config.WithLazyContextTracking())
	if err != nil {
		return nil, fmt.Errorf("%w %q: %s; a name of other characters than letters, digits and _ goes in brackets: ['x-a']",
			overlay.ErrInvalidJSONPath, Clip(target), plain(err))
	}
	if err := r.foresee(root, target); err != nil {
		return nil, err
	}
	return path.Query(root), nil
}
