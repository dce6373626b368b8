package contract

// MaxSpecs is how many checks are one suite for Ginkgo.
const MaxSpecs = maxSpecs
