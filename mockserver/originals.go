package mockserver

import (
	"strings"
	"sync"
)

// maxOriginals is how many bytes of the dataset's records are kept once they were made.
const maxOriginals = 8 << 20

// originals are texts of the dataset's records that were asked for: each is always the same, and to make one of a schema
// with many others inside takes milliseconds. The bound is on the whole; beyond it any are forgotten.
type originals struct {
	mu    sync.RWMutex
	texts map[key][]byte
	size  int
	most  int // bytes; 0 for maxOriginals
}

func (o *originals) get(k key) ([]byte, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	text, ok := o.texts[k]
	return text, ok
}

// keptCost is what an entry takes beside its text.
const keptCost = 128

func (o *originals) put(k key, text []byte) {
	most := o.most
	if most == 0 {
		most = maxOriginals
	}
	cost := len(text) + keptCost
	if cost > most/8 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, there := o.texts[k]; there {
		return
	}
	if o.texts == nil {
		o.texts = map[key][]byte{}
	}
	for other, t := range o.texts {
		if o.size+cost <= most {
			break
		}
		delete(o.texts, other)
		o.size -= len(t) + keptCost
	}
	o.texts[key{k.resource, strings.Clone(k.id)}] = text
	o.size += cost
}
