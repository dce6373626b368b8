package mockserver

import (
	"net/http"
	"runtime/metrics"

	"github.com/understudy-dev/understudy/mockserver/control"
	"github.com/understudy-dev/understudy/spec"
)

// The reasons that only the control API has.
const (
	reasonMisdirected   spec.Reason = "misdirected"
	reasonNoResource    spec.Reason = "no-such-resource"
	reasonNoStateFile   spec.Reason = "no-state-file"
	reasonStateNotSaved spec.Reason = "state-not-saved"
	reasonForeignState  spec.Reason = "foreign-state"
	reasonNoWebhook     spec.Reason = "no-such-webhook"
	reasonNotSending    spec.Reason = "not-sending"
	reasonNotDelivered  spec.Reason = "not-delivered"
)

// controlProblems are the rows of the table of refusals that only the control API has, in the order in which a request
// meets them.
var controlProblems = []Problem{
	{
		reasonMisdirected, http.StatusMisdirectedRequest, "Not a name of this server",
		"The control API answers only under host names of its own: localhost, loopback addresses and those given by " +
			"--control-host; with a token also the machine's name and its addresses.",
	},
	{
		reasonForbidden, http.StatusForbidden, "Not from another site",
		"The control API does not answer pages of other sites or of other ports, so that no page you visit can look into " +
			"or change what runs here.",
	},
	{
		reasonUnauthorized, http.StatusUnauthorized, "Token needed",
		"The control API demands the token that was printed at start, or given by --control-token: send the header " +
			"Authorization: Bearer TOKEN.",
	},
	{
		reasonNoResource, http.StatusNotFound, "No such resource",
		"The document has no resource of this name. GET /__understudy/resources lists them.",
	},
	{
		reasonForeignState, http.StatusUnprocessableEntity, "State of another server",
		"The state was made with another document or another seed, so its records mean nothing here. Nothing was changed.",
	},
	{
		reasonNoStateFile, http.StatusConflict, "No state file",
		"The server was started without --state, so there is no file to save to.",
	},
	{
		reasonStateNotSaved, http.StatusConflict, "State not saved",
		"The state file could not be written as it should; the detail says why and where the state is now.",
	},
	{
		reasonNoWebhook, http.StatusNotFound, "No such webhook",
		"The document has no webhook of this name. GET /__understudy/webhooks lists them.",
	},
	{
		reasonNotSending, http.StatusConflict, "Nothing is sent",
		"The server was started without --callbacks, so it sends neither callbacks nor webhooks.",
	},
	{
		reasonNotDelivered, http.StatusBadGateway, "Not delivered",
		"The receiver of the webhook could not be reached, or gave no answer.",
	},
}

func (k *controlCall) info() answer {
	s := k.server
	live := s.sessions.list()
	out := control.Info{
		Version: s.set.version,
		Document: control.DocumentInfo{
			Title: s.doc.Title, Version: s.doc.Release, OpenAPI: s.doc.Version, File: s.doc.Name(), Hash: s.doc.Hash,
		},
		Seed: s.set.seed, Now: s.set.now, Count: s.set.count, BasePath: s.basePath, BaseURL: k.baseURL(),
		Sessions: len(live), Journal: s.journal.length(), Heap: heapInUse(), Bounds: s.bounds.report(),
	}
	for _, one := range live {
		u := one.used()
		out.Changes += u.changes
		out.Memory += u.size
	}
	return success(http.StatusOK, out)
}

// heapInUse is what the whole process has in memory, waste that was not collected yet included.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}

// baseURL is where the API is: at this address too, unless the control API has its own.
func (k *controlCall) baseURL() string {
	if !k.server.set.control.elsewhere {
		return k.server.originOf(k.r) + k.server.basePath
	}
	if origin := k.server.origin.Load(); origin != nil {
		return *origin + k.server.basePath
	}
	return ""
}

func (b Bounds) report() control.Bounds {
	return control.Bounds{
		Body: b.Body, Depth: b.Depth, Elements: b.Elements, URL: b.URL, Header: b.Header, Sessions: b.Sessions,
		SessionIdleSeconds: b.SessionIdle.Seconds(), Changes: b.Changes, Memory: b.Memory, State: b.State, Journal: b.Journal,
		JournalBody: b.JournalBody, DelaySeconds: b.Delay.Seconds(),
	}
}

func (k *controlCall) health() answer { return success(http.StatusOK, control.Health{Status: "ok"}) }

func (k *controlCall) document() answer {
	return answer{
		status: http.StatusOK, header: http.Header{"Content-Type": {"application/yaml"}}, body: control.Source().Data,
	}
}

func (k *controlCall) save() answer {
	path := k.server.stateFile.name()
	if path == "" {
		return k.server.problem(nil, reasonNoStateFile, nil)
	}
	saved, err := k.server.saveState(path)
	if err != nil {
		row := problemOf(reasonStateNotSaved)
		return answer{
			status: row.Status, header: http.Header{"Content-Type": {problemType}}, reason: row.Reason,
			body: problemBody(row, row.Status, err.Error(), nil),
		}
	}
	return success(http.StatusOK, saved)
}
