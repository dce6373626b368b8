package spec

import (
	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonpath/pkg/jsonpath/config"
	"github.com/pb33f/jsonpath/pkg/jsonpath/token"
)

// pathStep is a step of a JSONPath, as far as it says what following it takes.
type pathStep struct {
	descends bool // to all that is below ("..")
	climbs   bool // to the parent ("^")
	selects  []pathSelector
}

type pathSelector struct {
	name   string
	named  bool
	index  bool        // the name may be the place in a list
	filter *pathFilter // of a filter
}

// pathFilter says what a filter takes for each node it is asked of.
type pathFilter struct {
	tokens int  // looked at each time
	times  int  // how often it goes through all that is below the node, one within another
	whole  bool // or through all of the document
}

// pathSteps takes a JSONPath apart, which must be one.
func pathSteps(target string) []pathStep {
	cfg := config.New(config.WithPropertyNameExtension(), config.WithLazyContextTracking())
	tokens := token.NewTokenizerWithConfig(target, cfg).Tokenize()
	var steps []pathStep
	descends := false
	for i := 1; i < len(tokens); i++ {
		step := pathStep{descends: descends}
		switch t := tokens[i]; t.Token {
		case token.RECURSIVE:
			descends = true
			continue
		case token.CHILD:
			continue
		case token.PARENT_SELECTOR:
			step.climbs = true
		case token.PROPERTY_NAME, token.TILDE:
			continue // the name of what is selected: no more than that
		case token.WILDCARD:
			step.selects = []pathSelector{{}}
		case token.BRACKET_LEFT:
			end := closing(tokens, i)
			step.selects = pathSelectors(tokens[i+1 : end])
			i = end
		default:
			step.selects = []pathSelector{{name: t.Literal, named: true}}
		}
		descends = false
		steps = append(steps, step)
	}
	return steps
}

// closing is the bracket that closes the one at i.
func closing(tokens []token.TokenInfo, i int) int {
	open := 0
	for ; i < len(tokens)-1; i++ {
		switch tokens[i].Token {
		case token.BRACKET_LEFT, token.PAREN_LEFT:
			open++
		case token.BRACKET_RIGHT, token.PAREN_RIGHT:
			if open--; open == 0 {
				return i
			}
		}
	}
	return i
}

// pathSelectors are the selectors between two brackets.
func pathSelectors(tokens []token.TokenInfo) []pathSelector {
	var out []pathSelector
	for len(tokens) > 0 {
		end, open := 0, 0
		for ; end < len(tokens) && (open > 0 || tokens[end].Token != token.COMMA); end++ {
			switch tokens[end].Token {
			case token.BRACKET_LEFT, token.PAREN_LEFT:
				open++
			case token.BRACKET_RIGHT, token.PAREN_RIGHT:
				open--
			}
		}
		if end > 0 {
			out = append(out, pathSelectorOf(tokens[:end]))
		}
		tokens = tokens[min(end+1, len(tokens)):]
	}
	return out
}

func pathSelectorOf(tokens []token.TokenInfo) pathSelector {
	switch t := tokens[0]; {
	case t.Token == token.FILTER:
		return pathSelector{filter: pathFilterOf(tokens[1:])}
	case len(tokens) == 1 && (t.Token == token.STRING_LITERAL || t.Token == token.ESCAPED_NAME || t.Token == token.INTEGER):
		return pathSelector{name: t.Literal, named: true, index: t.Token == token.INTEGER}
	}
	return pathSelector{}
}

// pathFilterOf reads what a filter takes: a query in it that descends, or a filter within it, goes through all that is
// below, once for each way that what is around it went.
func pathFilterOf(tokens []token.TokenInfo) *pathFilter {
	f := &pathFilter{tokens: len(tokens)}
	wide := 0
	for _, t := range tokens {
		switch t.Token {
		case token.ROOT, token.CONTEXT_ROOT, token.CONTEXT_PARENT, token.PARENT_SELECTOR:
			f.whole = true
		case token.RECURSIVE, token.FILTER:
			f.times++
		case token.WILDCARD, token.ARRAY_SLICE, token.COMMA:
			wide = 1
		}
	}
	f.times = max(f.times, wide)
	return f
}

// foresee counts the steps of a query, as many as it can take at the most, against those that are left.
func (r *room) foresee(root *yaml.Node, target string) error {
	at := root
	if at.Kind == yaml.DocumentNode && len(at.Content) == 1 {
		at = at.Content[0]
	}
	from := map[*yaml.Node]int{at: 1} // how often the query comes to a node
	for _, step := range pathSteps(target) {
		to := map[*yaml.Node]int{}
		err := error(nil)
		switch {
		case step.climbs:
			parents := r.parentsOf(root)
			for n, times := range from {
				if p := parents[n]; p != nil {
					to[p] += times
				}
			}
			err = r.work(len(from))
		case step.descends:
			err = r.descend(at, 0, from, step, to)
		default:
			for n, times := range from {
				if err = r.pick(n, times, step, to); err != nil {
					break
				}
			}
		}
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}

// descend follows a step that goes to all that is below each node it comes from.
func (r *room) descend(n *yaml.Node, times int, from map[*yaml.Node]int, step pathStep, to map[*yaml.Node]int) error {
	if times = min(times+from[n], manySteps); times > 0 {
		if err := r.pick(n, times, step, to); err != nil {
			return err
		}
	}
	for _, c := range n.Content {
		if err := r.descend(c, times, from, step, to); err != nil {
			return err
		}
	}
	return nil
}

// manySteps are more than there ever are, and few enough to calculate with.
const manySteps = 1 << 31

// keysPerStep are compared in the time of a step.
const keysPerStep = 16

// pick follows a step from one node that the query comes to so many times.
func (r *room) pick(n *yaml.Node, times int, step pathStep, to map[*yaml.Node]int) error {
	for _, s := range step.selects {
		looked := max(1, len(n.Content))
		if s.named {
			looked = 1 + looked/keysPerStep
		}
		if err := r.work(times * looked); err != nil {
			return err
		}
		first := 0
		if n.Kind == yaml.MappingNode {
			first = 1
		}
		for i := first; i < len(n.Content); i += 1 + first {
			c := n.Content[i]
			if s.named && (n.Kind != yaml.MappingNode && !s.index || n.Kind == yaml.MappingNode && n.Content[i-1].Value != s.name) {
				continue
			}
			if s.filter != nil {
				if err := r.work(r.toJudge(c, *s.filter, times)); err != nil {
					return err
				}
			}
			to[c] = min(to[c]+times, manySteps)
		}
	}
	return nil
}

// toJudge is how many steps a filter takes for a node.
func (r *room) toJudge(n *yaml.Node, f pathFilter, times int) int {
	const tokensPerStep = 4
	each, below := min(times*(1+f.tokens/tokensPerStep), manySteps), r.have
	if f.times > 0 && !f.whole {
		below = r.count(n, manySteps)
	}
	for range f.times {
		each = min(each*below, manySteps)
	}
	return each
}

// count is how many nodes there are below one, with itself.
func (r *room) count(n *yaml.Node, most int) int {
	total := 1
	for _, c := range n.Content {
		if total >= most {
			break
		}
		total += r.count(c, most-total)
	}
	return total
}
