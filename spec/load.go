package spec

import (
	"crypto/sha256"
	_ "embed" // the Commerce document
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi"
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
}

// Embedded is the document Understudy ships with, as published, and the overlay with what is inferred and hinted.
func Embedded() (published, overlay Source) {
	return Source{"commerce.yaml", commerce}, Source{"commerce.overlay.yaml", commerceOverlay}
}

// maxDocument bounds the size of a document file, in bytes.
const maxDocument = 64 << 20

// ReadSource reads a document or an overlay from a file, or from standard input where the name is "-".
func ReadSource(name string, stdin io.Reader) (Source, error) {
	in := stdin
	shown := "stdin"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return Source{}, fmt.Errorf("cannot read %q: %w", name, errors.Unwrap(err))
		}
		defer f.Close()
		in, shown = f, filepath.Base(name)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	if err != nil {
		return Source{}, fmt.Errorf("cannot read %q: %w", name, err)
	}
	if len(data) > maxDocument {
		return Source{}, fmt.Errorf("cannot read %q: larger than %d bytes", name, maxDocument)
	}
	return Source{shown, data}, nil
}

// Load reads an OpenAPI 3 document, applies the overlays in order and resolves the whole once.
//
// The error names the source and the line. A document is refused only when nothing of it can be served; lesser flaws
// are in Document.Flaws.
func Load(src Source, overlays ...Source) (*Document, error) {
	root, version, err := parse(src)
	if err != nil {
		return nil, err
	}
	b := builder{left: maxNodes}
	sources := []string{src.Name}
	hash := sha256.New()
	_, _ = hash.Write(src.Data)
	if len(overlays) > 0 {
		o := overlaying{text: src, root: root, files: map[*yaml.Node]uint8{}}
		for _, ov := range overlays {
			sources = append(sources, ov.Name)
			if err := o.apply(ov, uint8(len(sources)-1)); err != nil {
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
	d := &Document{
		Version:   version,
		Hash:      hex.EncodeToString(hash.Sum(nil))[:16],
		files:     []file{{name: src.Name, tree: tree}},
		fileIndex: map[string]int{src.Name: 0},
		sources:   sources,
	}
	d.schemas.init()
	d.compiler = newCompiler(d)
	d.directional = tree.mentions("readOnly", "writeOnly")
	if err := d.build(); err != nil {
		return nil, fmt.Errorf("%s: %w", src.Name, err)
	}
	return d, nil
}

// parse lets libopenapi read the text: YAML or JSON, duplicate keys refused, version told.
func parse(src Source) (root *yaml.Node, version string, err error) {
	cfg := datamodel.NewDocumentConfiguration()
	// Its default logger writes to standard output; external references are ours to read.
	cfg.Logger = slog.New(slog.DiscardHandler)
	cfg.SkipExternalRefResolution = true
	doc, err := libopenapi.NewDocumentWithConfiguration(src.Data, cfg)
	if err != nil {
		return nil, "", fmt.Errorf("%s: not a readable OpenAPI document: %s", src.Name, plain(err))
	}
	info := doc.GetSpecInfo()
	version = info.Version
	if !strings.HasPrefix(version, "3.") {
		return nil, "", fmt.Errorf("%s: OpenAPI %q is not served; OpenAPI 3.0, 3.1 and 3.2 are", src.Name, Clip(version))
	}
	return info.RootNode, version, nil
}

// plain is an error's text on one line.
func plain(err error) string {
	return Clip(strings.Join(strings.Fields(err.Error()), " "))
}
