package mockserver

import (
	"net/http"
	"os"
	"testing"
)

// A mask says which members an update changes, by their names or near enough; what it names and the body lacks is taken away.
func TestMasks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../contract/testdata/masks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := play(t, load(t, string(text)))
	at := "/shelves/" + s.id("shelves", 0)
	s.patch(at, `{"theme":"sea","displayName":"A","size":{"width":1,"height":2},"labels":{"a.b":"x","c":"y"}}`).want(200)
	s.patch(at+"?updateMask=displayName", `{"theme":"land","displayName":"B"}`).want(200).wantAt("/theme", `"sea"`, "/displayName", `"B"`)
	s.patch(at+"?updateMask=display_name,size.width", `{"displayName":"C","size":{"width":7,"height":9},"theme":"land"}`).want(200).
		wantAt("/theme", `"sea"`, "/displayName", `"C"`, "/size/width", "7", "/size/height", "2")
	s.patch(at+"?updateMask=displayName,size.height,labels.c", `{"theme":"sea"}`).want(200).
		wantAt("/displayName", "absent", "/size/width", "7", "/size/height", "absent", "/labels/c", "absent")
	s.patch(at+"?updateMask=*", `{"theme":"land"}`).want(200).wantAt("/theme", `"land"`, "/size/width", "7")
	s.patch(at+"?updateMask=id,theme", `{"theme":"air"}`).want(200).wantAt("/theme", `"air"`, "/id", `"`+s.id("shelves", 0)+`"`)
	s.patch(at+"?updateMask=theme,sise.width", `{"theme":"sea"}`).wantFinding(422, "mask", "query", "/updateMask").
		wantAt("/errors/0/actual", `"\"sise.width\""`)
	s.send(http.MethodGet, at, "").want(200).wantAt("/theme", `"air"`)
	s.patch("/racks/"+s.id("racks", 0)+"?update_mask=colour", `{"theme":"sea"}`).want(400).wantAt("/param", `"update_mask"`)
}
