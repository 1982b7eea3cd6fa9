// Command harbor-go-client drives a registry through Harbor's own Go client, unmodified: a round of create, list,
// update and delete over each kind of resource, every answer decoded and checked against the client's models.
//
// It prints a line for each step, `ok <step>` or `not ok <step>: <reason>`, and leaves nothing behind.
package main

import (
	"context"
	"os"

	"github.com/goharbor/go-client/pkg/harbor"
)

// The image that is there before the round, in a project of the registry's.
type image struct {
	project, repository, tag string
}

func main() {
	clients, err := harbor.NewClientSet(&harbor.ClientSetConfig{
		URL:      os.Getenv("REGISTRY_URL"),
		Username: os.Getenv("REGISTRY_USERNAME"),
		Password: os.Getenv("REGISTRY_PASSWORD"),
	})
	if err != nil {
		panic(err)
	}
	source := image{os.Getenv("IMAGE_PROJECT"), os.Getenv("IMAGE_REPOSITORY"), os.Getenv("IMAGE_TAG")}
	r := &round{ctx: context.Background(), api: clients.V2()}

	r.systemInformation()
	r.configuration()
	users := r.createUsers()
	r.createProject()
	r.metadata()
	r.members(users)
	r.robots()
	labels := r.createLabels()
	r.artifacts(source, labels)
	r.repositories()
	r.quotas()
	r.search()
	r.auditLogs()
	r.deleteContents()
	r.deleteLabels(labels)
	r.deleteProject()
	r.deleteUsers(users)
	os.Exit(r.exitCode())
}
