// Package contract derives checks from an OpenAPI document and runs them against a target: a mock or a deployment, which
// are the same to it. A check is a plain value; the Ginkgo suite and the subtests of other Go projects are made of them.
//
// Records of a deployment are somebody's: their values are taken and proved restorable before the first change, and put
// back afterwards.
package contract
