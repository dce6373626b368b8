package contract

// Rule is a rule of findings that is no keyword of JSON Schema.
type Rule struct {
	Name    string
	Meaning string
}

// Rules lists the rules that findings of checks name beside the keywords of JSON Schema and those of package spec.
func Rules() []Rule { return append(updateRules(), collectionRules()...) }

// updateRules are those of updates, and of every answer.
func updateRules() []Rule {
	return []Rule{
		{"empty", "an update without members is taken and changes nothing"},
		{"properties", "a property that the document names can be set"},
		{"text", "any text is taken where the document allows any"},
		{"number", "a number may be written in any way that JSON has"},
		{"examples", "what the document publishes as an example is taken"},
		{"parameter", "a parameter takes the values that its schema allows, and no others"},
		{"record", "the answer to an update carries the record"},
		{"echo", "what was sent comes back as it was sent"},
		{"others", "what an update does not mention stays as it was"},
		{"falsy", "zero, false and empty values are values"},
		{"array", "a list is replaced, not added to"},
		{"id", "a record keeps its id, and an update may carry it"},
		{"lasts", "what was updated is still so later"},
		{"idempotent", "the same update again changes nothing"},
		{"undone", "an update is not undone by a later one of another property"},
		{"together", "two properties sent together do what each does alone"},
		{"refusal-changed", "a refused request changes nothing"},
		{"isolation", "an update of one record leaves the others alone"},
		{"concurrency", "of two updates at once, both are kept"},
		{"unknown-id", "there is no success for a record that is not there"},
		{"unknown-id-status", "a record that is not there is answered with 404"},
		{"unknown-path", "a path that is not there is answered with 404"},
		{"method", "a method that is not there is answered with 405"},
		{"allow", "a 405 says in Allow which methods there are"},
		{"unfold", "related records are included as the parameter asks"},
		{"unfold-id", "the related record is the same one at every depth"},
		{"unfold-changed", "asking for related records changes nothing"},
		{"relation", "a reference to a record that is not there is refused"},
		{"relation-changed", "a refused reference changes nothing"},
		{"link", "a related record can be given by its id"},
		{"link-object", "a related record can be given as the object that it is"},
		{"repeat", "the twentieth update works as the first"},
		{"success", "a success says so in its body"},
		{"status", "a success has a status that the document has"},
		{"undeclared", "an answer has no members that the document does not name"},
		{"server-error", "nothing is answered with 500"},
		{"stack-trace", "an error shows nothing of the server's inside"},
		{"time", "an answer comes in time"},
		{"connection", "every request is answered"},
	}
}

// collectionRules are those of lists, creations, deletions and other calls.
func collectionRules() []Rule {
	return []Rule{
		{"request", "a request that the document allows is taken"},
		{"created", "what is made is there, with what was sent"},
		{"created-id", "the answer to a creation tells which record it made"},
		{"created-location", "Location leads to the record that was made"},
		{"created-apart", "each creation makes another record"},
		{"listed", "what is made is in the list, once"},
		{"limit", "a page has no more records than asked for"},
		{"pages", "the pages of a list show each record once"},
		{"total", "a list has as many records as it tells"},
		{"filter", "a filter shows records with the value asked for, and none is missing"},
		{"sort", "records come in the order asked for"},
		{"deleted", "what is deleted is gone"},
		{"deleted-status", "what is deleted is answered with 404 or 410"},
		{"deleted-listed", "what is deleted is not in the list"},
		{"deleted-twice", "there is no success for deleting what is gone"},
		{"deleted-others", "deleting one record leaves the others"},
		{"owner", "a record is below its own owner alone"},
		{"owner-listed", "the list below an owner shows what is its own"},
		{"link-follows", "what an answer says leads where a link of the document has it lead"},
		{"auth-missing", "there is no success without the credentials that the document asks for"},
		{"auth-status", "a request without credentials is answered with 401 or 403"},
		{"auth-wrong", "there is no success with credentials that nobody gave out"},
	}
}
