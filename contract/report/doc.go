// Package report says how a run of the contract suite went: as text, JSON, JUnit XML, SARIF, HTML and annotations on
// GitHub. All of them are made from one view of the run, out of which secrets and other people's values are taken
// before a format sees it.
package report
