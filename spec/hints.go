package spec

// The vocabulary of hints: what a document cannot say, in the document itself or in an overlay.
const (
	// hintRelation on a property, or on the items of an array: the name of a component schema or of a resource whose
	// records the property refers to.
	hintRelation = "x-understudy-relation"
	// hintUnfold on a parameter: its value is how many levels of related records an answer includes. Its own value is
	// true (one level when the parameter is absent) or the number of levels when it is absent.
	hintUnfold = "x-understudy-unfold"
	// hintFaker on a schema: what its values look like. See package fixtures.
	hintFaker = "x-understudy-faker"
	// hintSuccess on an operation or on the document: members that a success carries with these values.
	hintSuccess = "x-understudy-success"
	// hintUpdate on an operation or on the document: how a body updates a record, merge or replace.
	hintUpdate = "x-understudy-update"
	// hintInferred on any node: what it says is inference, so findings citing it are of level should at most.
	hintInferred = "x-understudy-inferred"
)

func (d *Document) successHint(op place) map[string]any {
	for _, at := range []place{op, d.root()} {
		if h := at.raw(hintSuccess); h.exists() {
			return plainMap(h.n)
		}
	}
	return nil
}

func updateHint(op place) Action {
	for _, at := range []place{op, op.doc.root()} {
		switch at.str(hintUpdate) {
		case "merge":
			return ActionMerge
		case "replace":
			return ActionReplace
		}
	}
	return ActionNone
}

func unfoldHint(param place) (unfolds bool, levels int) {
	h := param.raw(hintUnfold)
	switch {
	case !h.exists():
		return false, 0
	case h.n.kind == numberKind:
		levels, _ = smallInt(h.n.text)
		return true, levels
	}
	return h.n.isTrue(), 1
}
