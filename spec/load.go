package spec

import (
	"crypto/sha256"
	_ "embed" // the Commerce document
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/datamodel"
)

//go:embed commerce.yaml
var commerce []byte

//go:embed commerce.overlay.yaml
var commerceOverlay []byte

// Source is the text of a document or an overlay and the name findings give it.
type Source struct {
	Name string
	Data []byte
	// Dir is the directory of the document: references read files in it and below it, never elsewhere. Without one
	// there are no files. Name is the document's file in it.
	Dir string
	// Remote are the hosts, with a port or without, that references may be fetched from by http and https.
	Remote []string
}

// Embedded is the document Understudy ships with, as published, and the overlay with what is inferred and hinted.
func Embedded() (published, overlay Source) {
	return Source{Name: "commerce.yaml", Data: commerce}, Source{Name: "commerce.overlay.yaml", Data: commerceOverlay}
}

// maxDocument bounds the size of a document, all its files together, in bytes.
const maxDocument = 64 << 20

// ReadSource reads a document or an overlay from a file, or from standard input where the name is "-". References of
// a document from a file read the files beside it and below.
func ReadSource(name string, stdin io.Reader) (Source, error) {
	src := Source{Name: "stdin"}
	in := stdin
	if name != "-" {
		f, err := openSource(name)
		if err != nil {
			return Source{}, err
		}
		defer f.Close()
		in, src.Name, src.Dir = f, filepath.Base(name), filepath.Dir(name)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	if err != nil {
		return Source{}, fmt.Errorf("cannot read %q: %w", name, err)
	}
	if len(data) > maxDocument {
		return Source{}, fmt.Errorf("cannot read %q: larger than %d bytes", name, maxDocument)
	}
	src.Data = data
	return src, nil
}

// Load reads an OpenAPI 3 document and the files it refers to, applies the overlays in order and resolves the whole
// once.
//
// The error names the source and the line. A document is refused only when it cannot be read; lesser flaws are in
// Document.Flaws. See Document.Playable for one that has nothing to serve.
func Load(src Source, overlays ...Source) (*Document, error) {
	root, version, err := parse(src)
	if err != nil {
		return nil, err
	}
	d := &Document{Version: version, sources: []string{src.Name}, fileIndex: map[string]int{}, ids: map[string]place{}}
	d.schemas.init()
	hash := sha256.New()
	_, _ = hash.Write(src.Data)
	b := builder{left: maxNodes}
	if len(overlays) > 0 {
		o := overlaying{text: src, root: root, files: map[*yaml.Node]uint16{}}
		if err := d.gather(&o, hash); err != nil {
			return nil, err
		}
		for _, ov := range overlays {
			d.sources = append(d.sources, ov.Name)
			if err := o.apply(ov, uint16(len(d.sources)-1)); err != nil {
				return nil, err
			}
			_, _ = hash.Write(ov.Data)
		}
		root, b.files = o.root, o.files
	}
	tree, err := b.build(root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src.Name, err)
	}
	d.addFile(src.Name, tree)
	d.reader = &reader{src: src, nodes: b.left, bytes: int64(maxDocument - len(src.Data)), hash: hash, failed: map[string]string{}}
	defer d.reader.close()
	flaws := flawFinder{doc: d}
	flaws.repeated(0, b.repeated)
	if line := secondDocument(src.Data); line > 0 {
		flaws.add("documents", Should, place{d, 0, "", &node{line: int32(line)}}, "one document", "another one behind it", "the first is read")
	}
	d.walk(&flaws)
	flaws.countLost()
	d.reader = nil
	d.Hash = hex.EncodeToString(hash.Sum(nil))[:16]
	d.compiler = newCompiler(d)
	d.directional = slices.ContainsFunc(d.files, func(f file) bool { return f.tree.mentions("readOnly", "writeOnly") })
	d.build()
	d.nameOperations(flaws.out)
	d.Flaws = append(flaws.out, d.Flaws...)
	return d, nil
}

// gather makes one document of a tree of files, for overlays to be applied to the whole of it.
func (d *Document) gather(o *overlaying, hash io.Writer) error {
	if !refersToFiles(o.root) {
		return nil
	}
	tree, err := Load(o.text)
	if err != nil || len(tree.files) == 1 {
		return err
	}
	if o.text.Data, o.root, o.files, err = tree.asOne(); err != nil {
		return err
	}
	d.sources, d.gathered = tree.sources, tree.Files()[1:]
	_, _ = io.WriteString(hash, tree.Hash)
	return nil
}

// parse lets libopenapi read the text of a document, YAML or JSON, and tells its version.
func parse(src Source) (root *yaml.Node, version string, err error) {
	root, err = parseFile(src)
	if err != nil {
		return nil, "", err
	}
	version, err = checkVersion(src.Name, root)
	return root, version, err
}

// checkVersion is the version of a document that can be served.
func checkVersion(file string, root *yaml.Node) (string, error) {
	version, name := versionOf(root)
	switch {
	case name == "":
		return "", fmt.Errorf("%s: not a readable OpenAPI document: %s", file, somethingElse(root))
	case name == "swagger":
		const way = "convert it to OpenAPI 3 first, with swagger2openapi for instance"
		return "", fmt.Errorf("%s: OpenAPI %q is not served; %s", file, Clip(version), way)
	case !strings.HasPrefix(version, "3."):
		return "", fmt.Errorf("%s: OpenAPI %q is not served; OpenAPI 3.0, 3.1 and 3.2 are", file, Clip(version))
	}
	return version, nil
}

// versionOf is the version that a text says it has, and the member that says so.
func versionOf(root *yaml.Node) (version, name string) {
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return "", ""
	}
	for _, name := range []string{"openapi", "swagger"} {
		if k := keyIndex(root.Content[0], name); k >= 0 {
			return root.Content[0].Content[k+1].Value, name
		}
	}
	return "", ""
}

// parseFile lets libopenapi read YAML or JSON: it takes the escapes of JSON that YAML does not have.
func parseFile(src Source) (*yaml.Node, error) {
	if why := noText(src.Data); why != "" {
		return nil, fmt.Errorf("%s: not a readable OpenAPI document: %s", src.Name, why)
	}
	cfg := datamodel.NewDocumentConfiguration()
	cfg.SkipJSONConversion = true // which would refuse keys that are there twice; see flawFinder.repeated
	cfg.BypassDocumentCheck = true
	info, err := datamodel.ExtractSpecInfoWithConfig(src.Data, cfg)
	if err == nil && unparsed(info.RootNode, src.Data) {
		cfg.BypassDocumentCheck = false
		_, err = datamodel.ExtractSpecInfoWithConfig(src.Data, cfg)
	}
	if err != nil {
		return nil, unreadable(src, "OpenAPI document", err)
	}
	return info.RootNode, nil
}

// unparsed reports whether libopenapi took a text that it cannot read for one string.
func unparsed(root *yaml.Node, data []byte) bool {
	return len(root.Content) == 1 && root.Content[0].Kind == yaml.ScalarNode && root.Content[0].Value == string(data)
}

// plain is an error's text on one line.
func plain(err error) string {
	return ClipReason(strings.Join(strings.Fields(err.Error()), " "))
}
