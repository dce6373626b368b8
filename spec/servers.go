package spec

import (
	"net/url"
	"slices"
	"strings"
)

// serverURLs are the URLs of a list of servers with variables at their defaults, without a slash at the end.
func serverURLs(servers place) []string {
	var out []string
	for s := range servers.items() {
		out = append(out, serverURL(s))
	}
	return out
}

// serverURL is the URL of a server with variables at their defaults, without a slash at the end.
func serverURL(s place) string {
	u := s.str("url")
	for name, v := range s.get("variables").members() {
		u = strings.ReplaceAll(u, "{"+name+"}", v.raw("default").n.scalarText())
	}
	return strings.TrimSuffix(u, "/")
}

// basePaths are the paths of servers' URLs, each once, in their order; "" for a server at the root.
func basePaths(urls []string) []string {
	var out []string
	for _, s := range urls {
		u, err := url.Parse(s)
		if err != nil || strings.Contains(s, "{") {
			continue // a variable without a default
		}
		if base := strings.TrimSuffix(u.EscapedPath(), "/"); !slices.Contains(out, base) {
			out = append(out, base)
		}
	}
	return out
}

// buildServers reads the document's servers. A path or an operation with servers of its own has its own base paths.
func (d *Document) buildServers(servers place) {
	d.Servers = serverURLs(servers)
	d.BasePaths = basePaths(d.Servers)
	if len(d.BasePaths) == 0 {
		d.BasePaths = []string{""}
	}
	d.BasePath = d.BasePaths[0]
}

// serversOf are the base paths of an operation: its own servers', its path's, or the document's.
func (d *Document) serversOf(item pathItem, op place) []string {
	for _, at := range []place{op.get("servers"), item.get("servers")} {
		if own := basePaths(serverURLs(at)); len(own) > 0 {
			return own
		}
	}
	return d.BasePaths
}

// ServedUnder reports whether the operation stands under a base path.
func (o *Operation) ServedUnder(base string) bool { return slices.Contains(o.BasePaths, base) }

// BaseFor is the URL that the operation stands under where the document's first server is at a URL: the same, unless it has
// servers of its own with another base path, and the URL ends as the document's first server does.
func (o *Operation) BaseFor(url string) string {
	first := o.doc.BasePath
	if len(o.BasePaths) == 0 || o.ServedUnder(first) || !strings.HasSuffix(url, first) {
		return url
	}
	return strings.TrimSuffix(url, first) + o.BasePaths[0]
}

// AllBasePaths are the base paths of every operation, the document's first.
func (d *Document) AllBasePaths() []string {
	out := slices.Clone(d.BasePaths)
	for _, o := range d.Operations {
		for _, base := range o.BasePaths {
			if !slices.Contains(out, base) {
				out = append(out, base)
			}
		}
	}
	return out
}
