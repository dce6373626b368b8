package mockserver

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

func TestUpdateIsKept(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	before := s.patch(call, `{}`).want(200)
	s.patch(call, `{"rating":4.50,"note":"<b>&\u00e9"}`).want(200).
		wantAt("/data/rating", "4.50", "/data/note", `"<b>&é"`, "/success", "true", "/data/time", before.at("/data/time"))
	s.patch(call, ``).want(200).wantAt("/data/rating", "4.50", "/data/note", `"<b>&é"`, "/data/id", `"call_3d9k2j8s7d2k"`)
}

func TestPublishedRecordsAreThere(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{0, 1, 7, 1 << 63} {
		s := play(t, embedded(t), WithSeed(seed), WithCount(1_000_000_000))
		s.patch(call, `{}`).want(200).wantAt("/data/note", `"Follow up with more information"`, "/data/rating", "5",
			"/data/audioRecording", `{"url":"http://example.com/audio"}`)
		s.patch(meeting, `{}`).want(200).wantAt("/data/salesRep/id", `"`+rep+`"`, "/data/salesRep/lastName", `"Smith"`,
			"/data/phoneNumber", `"555-0192"`)
	}
}

// The bodies of the two published curl lines; the one for a call is made of placeholders, so valid values stand in.
func TestPublishedCurlLines(t *testing.T) {
	t.Parallel()
	d := embedded(t)
	s := play(t, d)
	published := string(strictjson.Append(nil, d.Operation("updateMeeting").Body.Content[0].Examples[0].Value))
	s.patch(meeting, published).want(200).wantAt("/data", s.patch(meeting, `{}`).at("/data"), "/success", "true")
	s.patch(call, `{"id":"call_3d9k2j8s7d2k","externalPhoneNumber":"415-555-0132","internalPhoneNumber":"415-555-0199",`+
		`"ratingNote":"good","note":"n","rating":2.5,"audioRecording":{},"transcript":"t",`+
		`"conversationURL":"https://example.com/c","time":"2023-11-07T05:31:56Z"}`).want(200)
	s.patch(call, `{}`).want(200).wantAt("/data/rating", "2.5", "/data/time", `"2023-11-07T05:31:56Z"`, "/data/note", `"n"`)
}

func TestNumbersKeepTheirText(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	for _, n := range []string{"1.0", "0", "-0", "50e-1", "2.30", "0.30"} {
		s.patch(call, `{"rating":`+n+`,"extra":12345678901234567890123}`).want(200).
			wantAt("/data/rating", n, "/data/extra", "12345678901234567890123")
	}
}

func TestRelations(t *testing.T) {
	t.Parallel()
	d := embedded(t)
	other := func(s *stage) (meetingPath, repID string) {
		id := s.server.store.dataset.ID(d.Resource("meetings"), 5)
		return "/api/meetings/" + id, s.server.store.dataset.ID(d.Resource("SalesRep"), 9)
	}
	t.Run("an id links", func(t *testing.T) {
		t.Parallel()
		s := play(t, d)
		_, repID := other(s)
		s.patch(meeting+"?depth=0", `{"salesRep":"`+repID+`"}`).want(200).wantAt("/data/salesRep", `"`+repID+`"`)
		s.patch(meeting, `{}`).want(200).wantAt("/data/salesRep/id", `"`+repID+`"`)
	})
	t.Run("an unknown id is refused and nothing changes", func(t *testing.T) {
		t.Parallel()
		s := play(t, d)
		s.patch(meeting, `{"note":"lost","salesRep":"rep_unknown00000"}`).wantFinding(422, "relation", "body", "/salesRep")
		s.patch(meeting, `{}`).wantAt("/data/note", `"Discuss annual contract terms"`, "/data/salesRep/id", `"`+rep+`"`)
	})
	t.Run("an object updates the linked one, once for all", func(t *testing.T) {
		t.Parallel()
		s := play(t, d)
		path, _ := other(s)
		s.patch(path, `{"salesRep":"`+rep+`"}`).want(200)
		s.patch(meeting, `{"salesRep":{"firstName":"Ada"}}`).want(200).
			wantAt("/data/salesRep/firstName", `"Ada"`, "/data/salesRep/lastName", `"Smith"`)
		s.patch(path, `{}`).wantAt("/data/salesRep/firstName", `"Ada"`)
	})
	t.Run("an object with an id links and updates that one", func(t *testing.T) {
		t.Parallel()
		s := play(t, d)
		_, repID := other(s)
		s.patch(meeting, `{"salesRep":{"id":"`+repID+`","lastName":"New"}}`).want(200).
			wantAt("/data/salesRep/id", `"`+repID+`"`, "/data/salesRep/lastName", `"New"`)
	})
	t.Run("an unknown id in an object makes a new one", func(t *testing.T) {
		t.Parallel()
		s := play(t, d)
		s.patch(meeting, `{"salesRep":{"id":"rep_made00000000","lastName":"New"}}`).want(200).
			wantAt("/data/salesRep", `{"id":"rep_made00000000","lastName":"New"}`)
		path, _ := other(s)
		s.patch(path, `{"salesRep":"rep_made00000000"}`).want(200)
	})
	t.Run("an invalid related record changes neither", func(t *testing.T) {
		t.Parallel()
		s := play(t, d)
		s.patch(meeting, `{"note":"lost","salesRep":{"emails":[1]}}`).wantFinding(422, "type", "body", "/salesRep/emails/0")
		s.patch(meeting, `{}`).wantAt("/data/note", `"Discuss annual contract terms"`,
			"/data/salesRep/emails", `["rep@email.com"]`)
	})
}

func TestUnfolding(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	id, object := `"`+rep+`"`, `"Smith"`
	for query, want := range map[string]string{
		"": object, "?depth=0": id, "?depth=1": object, "?depth=2": object, "?depth=-3": id,
		"?depth=99999999999999999999999999": object, "?depth=1.0": object, "?depth=-0": id,
	} {
		r := s.patch(meeting+query, `{}`).want(200)
		pointer := "/data/salesRep"
		if want == object {
			pointer += "/lastName"
		}
		r.wantAt(pointer, want)
	}
}

// A document in which records refer to one another in a circle, and only objects are allowed in one place.
const circular = `openapi: 3.1.0
info: {title: Circles, version: "1"}
paths:
  /people/{id}:
    patch:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: levels, in: query, schema: {type: integer}, x-understudy-unfold: 0}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}}
components:
  schemas:
    Person:
      type: object
      properties:
        id: {type: string}
        friend: {oneOf: [{type: string}, {$ref: '#/components/schemas/Person'}], x-understudy-relation: Person}
        fans: {type: array, items: {oneOf: [{type: string}, {$ref: '#/components/schemas/Person'}], x-understudy-relation: Person}}
      examples:
        - {id: per_aaaa1, friend: per_aaaa2, fans: [per_aaaa2, per_aaaa3]}
        - {id: per_aaaa2, friend: per_aaaa1}
        - {id: per_aaaa3}
`

func TestCirclesEnd(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, circular))
	path := "/people/per_aaaa1"
	s.patch(path, `{"fans":["per_aaaa2","per_aaaa3"],"friend":"per_aaaa2"}`).want(200).wantAt("/friend", `"per_aaaa2"`)
	s.patch("/people/per_aaaa2", `{"friend":"per_aaaa1"}`).want(200)
	s.patch(path+"?levels=1", `{}`).want(200).wantAt("/friend/id", `"per_aaaa2"`, "/friend/friend", `"per_aaaa1"`,
		"/fans/0/id", `"per_aaaa2"`)
	s.patch(path+"?levels=1000000", `{}`).want(200).wantAt("/friend/friend", `"per_aaaa1"`)
	s.patch(path, `{"fans":["per_nobody"]}`).wantFinding(422, "relation", "body", "/fans/0")
	// Two friends within friends, updated through one request.
	s.patch(path, `{"friend":{"friend":{"id":"per_aaaa3","fans":[]}}}`).want(200)
	s.patch("/people/per_aaaa2", `{}`).wantAt("/friend", `"per_aaaa3"`)
	s.patch("/people/per_aaaa3", `{}`).wantAt("/fans", `[]`)
	// An object without an id where nothing is linked makes a record with an id of its own.
	made := s.patch(path+"?levels=1", `{"fans":[{}]}`).want(200).at("/fans/0/id")
	s.patch("/people/"+strings.Trim(made, `"`), `{}`).want(200)
}

func TestConcurrentUpdatesAllCount(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	second := "/api/meetings/" + s.server.store.dataset.ID(s.server.doc.Resource("meetings"), 3)
	s.patch(second, `{"salesRep":"`+rep+`"}`).want(200)
	var wg sync.WaitGroup
	const n = 40
	for i := range n {
		wg.Go(func() { s.patch(call, fmt.Sprintf(`{"extra%d":%d}`, i, i)).want(200) })
		wg.Go(func() { s.patch(meeting, fmt.Sprintf(`{"salesRep":{"left%d":%d}}`, i, i)).want(200) })
		wg.Go(func() { s.patch(second, fmt.Sprintf(`{"salesRep":{"right%d":%d}}`, i, i)).want(200) })
	}
	wg.Wait()
	c, m := s.patch(call, `{}`), s.patch(meeting, `{}`)
	for i := range n {
		c.wantAt(fmt.Sprintf("/data/extra%d", i), itoa(i))
		m.wantAt(fmt.Sprintf("/data/salesRep/left%d", i), itoa(i), fmt.Sprintf("/data/salesRep/right%d", i), itoa(i))
	}
}

// Updates that swap the same two records in opposite order must neither wait for each other for ever nor lose one.
func TestOppositeLinksDoNotDeadlock(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, circular))
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			s.patch("/people/per_aaaa1", fmt.Sprintf(`{"friend":{"id":"per_aaaa2","a%d":1}}`, i)).want(200)
		})
		wg.Go(func() {
			s.patch("/people/per_aaaa2", fmt.Sprintf(`{"friend":{"id":"per_aaaa1","b%d":1}}`, i)).want(200)
		})
	}
	wg.Wait()
	one, two := s.patch("/people/per_aaaa1", `{}`), s.patch("/people/per_aaaa2", `{}`)
	for i := range 50 {
		one.wantAt(fmt.Sprintf("/b%d", i), "1")
		two.wantAt(fmt.Sprintf("/a%d", i), "1")
	}
}

func TestSessionsAreIsolated(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	s.patch(call, `{"note":"one"}`, "Understudy-Session", "one").want(200).wantAt("/data/note", `"one"`)
	s.patch("/~two"+call, `{"note":"two"}`).want(200)
	s.patch(call, `{}`).wantAt("/data/note", `"Follow up with more information"`)
	r := s.patch("/~one"+call, `{}`).wantAt("/data/note", `"one"`)
	if got := r.header.Get("Understudy-Session"); got != "one" {
		t.Errorf("Understudy-Session %q, want one", got)
	}
	s.patch(call, `{}`, "Understudy-Session", "no/name").wantFinding(400, "session", "header", "/Understudy-Session")
	s.patch("/~"+call, `{}`).want(400)
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s := play(t, embedded(t), WithBounds(Bounds{Sessions: 3, SessionIdle: time.Minute}), withClock(clock, sleep))
	s.patch("/~a"+call, `{"note":"a"}`).want(200)
	s.patch("/~b"+call, `{"note":"b"}`).want(200)
	s.patch("/~c"+call, `{}`).want(503)
	s.patch("/~a"+call, `{}`).want(200).wantAt("/data/note", `"a"`)
	mu.Lock()
	now = now.Add(2 * time.Minute)
	mu.Unlock()
	s.patch("/~c"+call, `{}`).want(200)
	s.patch("/~a"+call, `{}`).want(200).wantAt("/data/note", `"Follow up with more information"`)
}

func TestChangedRecordsAreBounded(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t), WithBounds(Bounds{Changes: 2}))
	s.patch(call, `{"note":"one"}`).want(200)
	s.patch(meeting, `{"note":"lost","salesRep":{"firstName":"Lost"}}`).want(507).findings()
	s.patch(meeting, `{}`).want(200).wantAt("/data/salesRep/firstName", `"John"`, "/data/note", `"Discuss annual contract terms"`)
	s.patch(call, `{"note":"again"}`).want(200)
	s.patch("/~other"+call, `{"note":"two"}`).want(507)
}

func TestEqualSeedsGiveEqualBodies(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		s := play(t, embedded(t), WithSeed(seed))
		var all strings.Builder
		for i := range uint64(20) {
			id := s.server.store.dataset.ID(s.server.doc.Resource("calls"), i)
			all.Write(s.patch("/api/calls/"+id, `{}`).want(200).body)
			all.Write(s.patch("/api/calls/"+id, `{}`, "Prefer", "dynamic=true").want(200).body)
			all.Write(s.patch(meeting, `{"salesRep":{"id":"rep_x`+itoa(int(i))+`"}}`).body)
		}
		return all.String()
	}
	if run(3) != run(3) {
		t.Error("equal seeds give other bodies")
	}
	if run(3) == run(4) {
		t.Error("other seeds give equal bodies")
	}
}

func TestReplaceAndGet(t *testing.T) {
	t.Parallel()
	s := play(t, load(t, `openapi: 3.0.3
info: {title: Things, version: "1"}
servers: [{url: 'https://{host}/v1', variables: {host: {default: things.test}}}]
paths:
  /things/{thingId}:
    parameters: [{name: thingId, in: path, required: true, schema: {type: integer}}]
    get:
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
components:
  schemas:
    Thing:
      type: object
      required: [id, name]
      properties: {id: {type: integer}, name: {type: string}, size: {type: integer, nullable: true}}
`))
	s.send("GET", "/v1/things/1", "").want(200).wantAt("/id", "1")
	s.send("PUT", "/v1/things/1", `{"id":1,"name":"x","size":null}`).want(200)
	s.send("GET", "/v1/things/1", "").want(200).wantBody(`{"id":1,"name":"x","size":null}`)
	s.send("PUT", "/v1/things/2", `{"id":2,"name":"y"}`).want(200).wantBody(`{"id":2,"name":"y"}`)
	s.send("HEAD", "/v1/things/1", "").want(200).wantBody("")
	s.send("PUT", "/v1/things/1", "").wantFinding(422, "required", "body", "")
	s.send("PUT", "/v1/things/1", `{"id":1}`).wantFinding(422, "required", "body", "/name")
	s.send("GET", "/v1/things/4711", "").want(404)
	s.send("GET", "/v1/things/one", "").wantFinding(422, "type", "path", "/thingId")
	if allow := s.send("DELETE", "/v1/things/1", "").want(405).header.Get("Allow"); allow != "GET, HEAD, OPTIONS, PUT" {
		t.Errorf("Allow %q", allow)
	}
}

func TestLibraryIsAHandler(t *testing.T) {
	t.Parallel()
	var _ http.Handler = play(t, embedded(t)).server
}

// A fault in the midst of an update leaves no record locked.
func TestFaultInUpdateUnlocks(t *testing.T) {
	t.Parallel()
	s := play(t, embedded(t))
	r := s.server.doc.Resources[0]
	k := key{r, s.server.store.dataset.ID(r, 0)}
	sess := s.server.sessions.use(defaultSession)
	func() {
		defer func() { _ = recover() }()
		u := &update{server: s.server, x: &exchange{}, session: sess, op: r.Operations[0], sub: subject{key: k}, body: []byte("{}")}
		u.sub.owners = []key{{}} // of which nothing can be asked
		u.run()
	}()
	lock := &sess.locks[sess.lockOf(k)]
	if !lock.TryLock() {
		t.Fatal("the record is locked still")
	}
	lock.Unlock()
}
