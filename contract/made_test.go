package contract_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-dev/understudy/contract"
)

// shopStand is a shop over real TCP and an undo file.
type shopStand struct {
	shop   *shop
	target contract.Target
	undo   string
}

func newShopStand(t *testing.T, tw shopTwist) shopStand {
	t.Helper()
	s := newShop(tw)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return shopStand{
		s, contract.Target{URL: srv.URL, Header: http.Header{"X-Key": {shopKey}}}, filepath.Join(t.TempDir(), "undo.jsonl"),
	}
}

func (st shopStand) runner(t *testing.T, set contract.Settings) *contract.Runner {
	t.Helper()
	r, err := contract.NewRunner(shopDoc(), st.target, set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// clean fails where a record is left that was not there before.
func (st shopStand) clean(t *testing.T, res *contract.Restoration) {
	t.Helper()
	if n := len(st.shop.shops) - 3; n != 0 || st.shop.goodsLeft() > 0 {
		t.Errorf("%d shops and %d goods are left", n, st.shop.goodsLeft())
	}
	if !res.Complete() {
		t.Errorf("not complete: %s", res)
	}
	if _, err := os.Stat(st.undo); err == nil {
		t.Error("the undo file is still there")
	}
}

// TestMadeRecordsEndWithAnInterrupt: what was made is deleted when the run is ended early.
func TestMadeRecordsEndWithAnInterrupt(t *testing.T) {
	t.Parallel()
	st := newShopStand(t, shopTwist{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res, err := st.runner(t, contract.Settings{}).RunRestoring(ctx, st.undo, func(o contract.Outcome) {
		if o.Check.Operation == "getShop" {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	st.clean(t, res.Restored)
	deleted := 0
	for _, rec := range res.Restored.Records {
		if rec.Status == contract.Deleted {
			deleted++
		}
	}
	if deleted == 0 {
		t.Error("nothing is said of the records that were made and deleted")
	}
}

// TestMadeRecordsEndAfterACrash: the undo file tells which records were made.
func TestMadeRecordsEndAfterACrash(t *testing.T) {
	t.Parallel()
	st := newShopStand(t, shopTwist{})
	r := st.runner(t, contract.Settings{Only: []string{"getGood accepts a valid request"}})
	if err := r.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Take(t.Context(), st.undo); err != nil {
		t.Fatal(err)
	}
	if res := r.RunAll(t.Context(), nil); res.Count(contract.Passed) != 1 {
		t.Fatal(res.Outcomes)
	}
	if len(st.shop.shops) == 3 || st.shop.goodsLeft() == 0 {
		t.Fatal("nothing was made")
	}
	res, err := contract.RestoreFile(t.Context(), shopDoc(), st.undo, contract.Target{Header: st.target.Header}, contract.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	st.clean(t, res)
}

// TestMadeRecordsAreFound: a record whose making was never answered is found by what was sent, and deleted.
func TestMadeRecordsAreFound(t *testing.T) {
	t.Parallel()
	var st shopStand
	lost := 0
	st = newShopStand(t, shopTwist{answers: func(http.ResponseWriter, object) (int, any) {
		lost++
		panic(http.ErrAbortHandler)
	}})
	res, err := st.runner(t, contract.Settings{Only: []string{"getShop accepts a valid request"}}).RunRestoring(t.Context(), st.undo, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lost == 0 {
		t.Fatal("nothing was made")
	}
	st.clean(t, res.Restored)
}

// TestMadeRecordsThatStay: what cannot be deleted is said, and the undo file stays.
func TestMadeRecordsThatStay(t *testing.T) {
	t.Parallel()
	st := newShopStand(t, shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodDelete {
			return false
		}
		say(w, http.StatusConflict, object{"error": "no"})
		return true
	}})
	res, err := st.runner(t, contract.Settings{Only: []string{"getShop accepts a valid request"}}).RunRestoring(t.Context(), st.undo, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Restored.Complete() || len(st.shop.shops) == 3 {
		t.Errorf("%d shops are left and the restoration is complete", len(st.shop.shops)-3)
	}
	if _, err := os.Stat(st.undo); err != nil {
		t.Error("the undo file is gone: ", err)
	}
	for _, rec := range res.Restored.Records {
		if rec.Resource == "shops" && rec.Status != contract.Left {
			t.Errorf("%s %s: %s", rec.Resource, rec.ID, rec.Status)
		}
	}
}

// TestFoundRecordsArePutBack: without a way to make records, those in the list are used, and are as before afterwards.
func TestFoundRecordsArePutBack(t *testing.T) {
	t.Parallel()
	st := newShopStand(t, shopTwist{check: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		say(w, http.StatusUnprocessableEntity, object{"error": "no"})
		return true
	}})
	names := func() string {
		var out []any
		for _, rec := range st.shop.shops {
			out = append(out, rec["name"], rec["city"], rec["floor"])
		}
		return string(encode(out))
	}
	before := names()
	res, err := st.runner(t, contract.Settings{Only: []string{"updateShop"}}).RunRestoring(t.Context(), st.undo, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Count(contract.Passed) == 0 || res.Count(contract.Failed) > 0 {
		t.Errorf("%d passed, %d failed", res.Count(contract.Passed), res.Count(contract.Failed))
	}
	if after := names(); after != before {
		t.Errorf("records are not as before:\n%s\n%s\n%s", before, after, res.Restored)
	}
	// A shop that had no tags cannot lose those that it was given, and that is said.
	if res.Restored.Complete() {
		t.Error("values that were absent before are not spoken of")
	}
}

// TestRunRestores: subtests of another project's test leave a target as they found it.
func TestRunRestores(t *testing.T) {
	t.Parallel()
	st := newShopStand(t, shopTwist{})
	r := st.runner(t, contract.Settings{Only: []string{"updateShop body.name*", "getGood"}})
	before := string(encode(st.shop.shops))
	t.Run("contract", func(t *testing.T) { contract.Run(t, r) })
	if after := string(encode(st.shop.shops)); after != before || st.shop.goodsLeft() > 0 {
		t.Errorf("before %s, after %s, %d goods left", before, after, st.shop.goodsLeft())
	}
}

// TestBudgetIsSpentEvenly: with few requests, every operation has a turn before any has its second.
func TestBudgetIsSpentEvenly(t *testing.T) {
	t.Parallel()
	st := newShopStand(t, shopTwist{})
	res := st.runner(t, contract.Settings{MaxRequests: 80, NoRestore: true}).RunAll(t.Context(), nil)
	tried := map[string]int{}
	for _, o := range res.Outcomes {
		if o.Status == contract.Passed {
			tried[o.Check.Operation]++
		}
	}
	for _, op := range shopDoc().Operations {
		if tried[op.ID] == 0 {
			t.Errorf("%s had no turn", op.ID)
		}
	}
	if res.Requests > 80 || res.Count(contract.NotRun) == 0 {
		t.Errorf("%d requests, %d checks not run", res.Requests, res.Count(contract.NotRun))
	}
	for _, l := range res.LeftOut() {
		if l.Reason == "" {
			t.Errorf("%s is left out without a reason", l.Operation)
		}
	}
}
