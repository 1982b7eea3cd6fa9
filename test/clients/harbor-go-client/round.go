package main

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/go-openapi/strfmt"
	v2client "github.com/goharbor/go-client/pkg/sdk/v2.0/client"
)

// Made by the round and deleted at its end.
const (
	projectName = "go-client"
	copied      = "team/copied"
)

// round carries out steps one after the other; a step that others build on ends the round when it fails.
type round struct {
	ctx    context.Context
	api    *v2client.HarborAPI
	failed int
}

type validatable interface {
	Validate(strfmt.Registry) error
}

// step reports what it did; the error of the client or of a check is its reason.
func (r *round) step(name string, do func() error) {
	if err := do(); err != nil {
		r.failed++
		fmt.Printf("not ok %s: %s\n", name, strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	fmt.Printf("ok %s\n", name)
}

func (r *round) exitCode() int {
	if r.failed > 0 {
		return 1
	}
	return 0
}

// fits checks decoded answers against the client's own models.
func fits[T validatable](answers ...T) error {
	for _, answer := range answers {
		if err := answer.Validate(strfmt.Default); err != nil {
			return fmt.Errorf("an answer does not fit its model: %w", err)
		}
	}
	return nil
}

// expect is a check of a value.
func expect[T comparable](what string, actual, wanted T) error {
	if actual != wanted {
		return fmt.Errorf("%s is %v, expected %v", what, actual, wanted)
	}
	return nil
}

// idOf reads the id at the end of a Location.
func idOf(location string) (int64, error) {
	return strconv.ParseInt(path.Base(location), 10, 64)
}

// all is the first error there is.
func all(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func pointerTo[T any](value T) *T { return &value }

// inPath is how Harbor's clients write a repository's name in a path: the client library encodes it once more.
func inPath(repository string) string { return strings.ReplaceAll(repository, "/", "%2F") }
