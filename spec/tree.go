package spec

import (
	"fmt"
	"hash"
	"io"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// maxFiles bounds the files of a document.
const maxFiles = 20_000

// reader reads the files of a document while it is loaded, as its references ask for them.
type reader struct {
	src    Source
	root   *os.Root // opened when first needed
	remote *remote
	nodes  int   // values that may still be made
	bytes  int64 // that may still be read
	hash   hash.Hash
	failed map[string]string // what could not be read, and why
}

func (r *reader) close() {
	if r.root != nil {
		_ = r.root.Close()
	}
}

// addFile makes a tree one of the document's files.
func (d *Document) addFile(name string, tree *node) int {
	i := len(d.files)
	d.files = append(d.files, file{name: name, tree: tree, anchors: map[string]string{}})
	d.fileIndex[name] = i
	d.nameSchemas(i, tree, nil)
	return i
}

// nameSchemas notes what schemas of a file call themselves: by $anchor in the file, by $id everywhere. Nothing is
// fetched by an $id.
func (d *Document) nameSchemas(file int, n *node, at []string) {
	for _, k := range []string{"$anchor", "$dynamicAnchor"} {
		if name := n.get(k).str(); name != "" {
			if _, taken := d.files[file].anchors[name]; !taken {
				d.files[file].anchors[name] = strictjson.Pointer(at...)
			}
		}
	}
	if id := d.idFrom(file, strings.TrimSuffix(n.get("$id").str(), "#")); id != "" {
		if _, taken := d.ids[id]; !taken {
			d.ids[id] = place{d, file, strictjson.Pointer(at...), n}
		}
	}
	for i, kid := range n.kids {
		if kid.kind == objectKind || kid.kind == arrayKind {
			d.nameSchemas(file, kid, append(at, n.segment(i)))
		}
	}
}

// idFrom is what an $id in a file, or a reference there without its fragment, names: a URL, a path from the root, or what a
// relative one is in the file's directory; "" for what can be no $id.
func (d *Document) idFrom(file int, id string) string {
	if id == "" || scheme(id) != "" || id[0] == '/' {
		return id
	}
	key, why := d.fileName(file, id)
	switch {
	case why != "":
		return ""
	case scheme(key) != "":
		return key
	}
	return "./" + key
}

// segment is what a pointer calls the child at i.
func (n *node) segment(i int) string {
	if n.kind == objectKind {
		return n.keys[i]
	}
	return fmt.Sprint(i)
}

var schemePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// scheme is the scheme of a URI reference in lower case, "" for a relative one.
func scheme(ref string) string {
	return strings.ToLower(strings.TrimSuffix(schemePattern.FindString(ref), ":"))
}

// fileName is the file that a reference in another names, without its fragment; or why it is none that may be read.
func (d *Document) fileName(from int, name string) (key, why string) {
	if own := d.files[0].tree.get("$self").str(); own != "" { // OpenAPI 3.2: what the document calls itself
		if rest, ok := strings.CutPrefix(name, own); ok && rest == "" {
			return d.files[0].name, ""
		}
		if dir := own[:strings.LastIndexByte(own, '/')+1]; scheme(dir) != "" && strings.HasPrefix(name, dir) {
			name, from = name[len(dir):], 0
		}
	}
	current := d.files[from].name
	switch s := scheme(name); {
	case s == "http" || s == "https":
		return name, ""
	case s != "":
		return "", fmt.Sprintf("references of scheme %q are not followed", Clip(s))
	case scheme(current) != "":
		base, err := url.Parse(current)
		if err != nil {
			return "", "its own URL cannot be read"
		}
		ref, err := base.Parse(name)
		if err != nil {
			return "", "it is no URL"
		}
		return ref.String(), ""
	case strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\`):
		return "", "absolute paths are not followed; a reference is relative to the file it stands in"
	}
	key = path.Join(path.Dir(current), name)
	if key == ".." || strings.HasPrefix(key, "../") {
		return "", "it leads out of the document's directory, and nothing is read there; " + wayIn
	}
	return key, ""
}

// wayIn is what to do about a file that is not below the document's directory.
const wayIn = "move the file below it, move the document into the directory above both, or bundle the two into one file"

// open is the index of a file, read now if the document is still being loaded; or why there is none.
func (d *Document) open(key string) (int, string) {
	if i, ok := d.fileIndex[key]; ok {
		return i, ""
	}
	if d.reader == nil {
		return 0, "no such file was loaded"
	}
	r := d.reader
	if why, ok := r.failed[key]; ok {
		return 0, why
	}
	tree, why := d.readFile(key)
	if why != "" {
		r.failed[key] = why
		return 0, why
	}
	return d.addFile(key, tree), ""
}

func (d *Document) readFile(key string) (*node, string) {
	r := d.reader
	if len(d.files) >= maxFiles {
		return nil, fmt.Sprintf("the document has more than %d files", maxFiles)
	}
	data, why := r.read(key)
	if why != "" {
		return nil, why
	}
	_, _ = r.hash.Write([]byte(key + "\x00"))
	_, _ = r.hash.Write(data)
	root, err := parseFile(Source{Name: key, Data: data})
	if err != nil {
		return nil, err.Error()
	}
	b := builder{left: r.nodes, file: uint16(len(d.sources))}
	tree, err := b.build(root)
	if err != nil {
		return nil, fmt.Sprintf("%s: %s", key, err)
	}
	r.nodes = b.left
	d.sources = append(d.sources, key)
	return tree, ""
}

// read is the content of a file beside the document or below, or of a URL that may be fetched.
func (r *reader) read(key string) (data []byte, why string) {
	limit := min(r.bytes, maxDocument)
	switch {
	case scheme(key) != "":
		if r.remote == nil {
			r.remote = newRemote(r.src.Remote)
		}
		data, why = r.remote.fetch(key, limit)
	case r.src.Dir == "":
		return nil, "a document that does not come from a file has no files beside it; pass it as a file, or bundle it"
	default:
		data, why = r.readLocal(key, limit)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Sprintf("the files of the document are larger than %d bytes together", maxDocument)
	}
	r.bytes -= int64(len(data))
	return data, why
}

// readLocal reads a file below the document's directory. The directory is opened as a root, which no symbolic link
// leads out of.
func (r *reader) readLocal(key string, limit int64) (data []byte, why string) {
	if r.root == nil {
		root, err := os.OpenRoot(r.src.Dir)
		if err != nil {
			return nil, "the document's directory cannot be read"
		}
		r.root = root
	}
	info, err := r.root.Stat(key)
	if name, bad := url.PathUnescape(key); err != nil && bad == nil && name != key {
		key = name
		info, err = r.root.Stat(key)
	}
	switch {
	case err != nil && !os.IsNotExist(err):
		return nil, "the file cannot be read inside the document's directory; " + wayIn
	case err != nil:
		return nil, "there is no such file"
	case !info.Mode().IsRegular():
		return nil, "this is no regular file"
	}
	f, err := r.root.Open(key)
	if err != nil {
		return nil, "the file cannot be read"
	}
	defer f.Close()
	data, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, "the file cannot be read"
	}
	return data, ""
}
