package main

import (
	"errors"
	"fmt"

	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/artifact"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/icon"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/label"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/project"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/repository"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/models"
)

func (r *round) createLabels() []int64 {
	var ids []int64
	for name, request := range map[string]*models.Label{
		"of the registry": {Name: "go-global", Scope: "g", Color: "#FF0000"},
		"of the project":  {Name: "go-project", Scope: "p", Color: "#00FF00", ProjectID: r.numericProjectID()},
	} {
		r.step("there is a label "+name, func() error {
			created, err := r.api.Label.CreateLabel(r.ctx, label.NewCreateLabelParams().WithLabel(request))
			if err != nil {
				return err
			}
			id, err := idOf(created.Location)
			ids = append(ids, id)
			return err
		})
	}
	r.step("labels are listed, read and changed", func() error {
		listed, err := r.api.Label.ListLabels(r.ctx, label.NewListLabelsParams().WithScope(pointerTo("g")).WithName(pointerTo("go-global")))
		if err != nil {
			return err
		}
		if err := all(fits(listed.Payload...), expect("labels", len(listed.Payload), 1)); err != nil {
			return err
		}
		changed := *listed.Payload[0]
		changed.Description = "of the round"
		if _, err := r.api.Label.UpdateLabel(r.ctx, label.NewUpdateLabelParams().WithLabelID(changed.ID).WithLabel(&changed)); err != nil {
			return err
		}
		read, err := r.api.Label.GetLabelByID(r.ctx, label.NewGetLabelByIDParams().WithLabelID(changed.ID))
		if err != nil {
			return err
		}
		return all(fits(read.Payload), expect("description", read.Payload.Description, "of the round"))
	})
	return ids
}

func (r *round) deleteLabels(ids []int64) {
	r.step("the labels are deleted", func() error {
		for _, id := range ids {
			if _, err := r.api.Label.DeleteLabel(r.ctx, label.NewDeleteLabelParams().WithLabelID(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *round) artifacts(source image, labels []int64) {
	var digest string
	r.step("an image is copied into the project", func() error {
		from := fmt.Sprintf("%s/%s:%s", source.project, source.repository, source.tag)
		_, err := r.api.Artifact.CopyArtifact(r.ctx, artifact.NewCopyArtifactParams().
			WithProjectName(projectName).WithRepositoryName(inPath(copied)).WithFrom(from))
		return err
	})
	r.step("artifacts are listed with all there is to show, of the repository and of the project", func() error {
		yes := pointerTo(true)
		listed, err := r.api.Artifact.ListArtifacts(r.ctx, artifact.NewListArtifactsParams().
			WithProjectName(projectName).WithRepositoryName(inPath(copied)).
			WithWithTag(yes).WithWithLabel(yes).WithWithAccessory(yes).WithWithImmutableStatus(yes).WithWithScanOverview(yes))
		if err != nil {
			return err
		}
		ofProject, err := r.api.Project.ListArtifactsOfProject(r.ctx, project.NewListArtifactsOfProjectParams().WithProjectNameOrID(projectName))
		if err != nil {
			return err
		}
		if err := all(
			fits(listed.Payload...), expect("artifacts", listed.XTotalCount, int64(1)), expect("type", listed.Payload[0].Type, "IMAGE"),
			fits(ofProject.Payload...), expect("artifacts of the project", len(ofProject.Payload), 1),
		); err != nil {
			return err
		}
		digest = listed.Payload[0].Digest
		return nil
	})
	if digest == "" {
		return
	}
	r.tags(digest)
	r.labelled(digest, labels)
	// Additions are left out: Harbor answers most of them with JSON, of which this client cannot make the text it expects.
	r.step("an artifact's accessories and icon are read", func() error {
		read, err := r.readArtifact(digest)
		if err != nil {
			return err
		}
		accessories, err := r.api.Artifact.ListAccessories(r.ctx, artifact.NewListAccessoriesParams().
			WithProjectName(projectName).WithRepositoryName(inPath(copied)).WithReference(digest))
		if err != nil {
			return err
		}
		picture, err := r.api.Icon.GetIcon(r.ctx, icon.NewGetIconParams().WithDigest(read.Icon))
		if err != nil {
			return err
		}
		return all(fits(read), fits(accessories.Payload...), fits(picture.Payload))
	})
}

func (r *round) tags(digest string) {
	r.step("a tag is added, listed and removed", func() error {
		tag := &models.Tag{Name: "second"}
		if _, err := r.api.Artifact.CreateTag(r.ctx, artifact.NewCreateTagParams().WithProjectName(projectName).
			WithRepositoryName(inPath(copied)).WithReference(digest).WithTag(tag)); err != nil {
			return err
		}
		listed, err := r.api.Artifact.ListTags(r.ctx, artifact.NewListTagsParams().WithProjectName(projectName).
			WithRepositoryName(inPath(copied)).WithReference(digest))
		if err != nil {
			return err
		}
		if err := all(fits(listed.Payload...), expect("tags", listed.XTotalCount, int64(2))); err != nil {
			return err
		}
		_, err = r.api.Artifact.DeleteTag(r.ctx, artifact.NewDeleteTagParams().WithProjectName(projectName).
			WithRepositoryName(inPath(copied)).WithReference(digest).WithTagName("second"))
		return err
	})
}

func (r *round) labelled(digest string, labels []int64) {
	r.step("labels are put on an artifact and taken off", func() error {
		for _, id := range labels {
			if _, err := r.api.Artifact.AddLabel(r.ctx, artifact.NewAddLabelParams().WithProjectName(projectName).
				WithRepositoryName(inPath(copied)).WithReference(digest).WithLabel(&models.Label{ID: id})); err != nil {
				return err
			}
		}
		read, err := r.readArtifact(digest)
		if err != nil {
			return err
		}
		if err := expect("labels", len(read.Labels), len(labels)); err != nil {
			return err
		}
		for _, id := range labels {
			if _, err := r.api.Artifact.RemoveLabel(r.ctx, artifact.NewRemoveLabelParams().WithProjectName(projectName).
				WithRepositoryName(inPath(copied)).WithReference(digest).WithLabelID(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *round) repositories() {
	r.step("the repository is listed, read and described", func() error {
		listed, err := r.api.Repository.ListRepositories(r.ctx, repository.NewListRepositoriesParams().WithProjectName(projectName))
		if err != nil {
			return err
		}
		everywhere, err := r.api.Repository.ListAllRepositories(r.ctx, repository.NewListAllRepositoriesParams().WithQ(pointerTo("name=~"+copied)))
		if err != nil {
			return err
		}
		description := &models.Repository{Description: "a copy"}
		if _, err := r.api.Repository.UpdateRepository(r.ctx, repository.NewUpdateRepositoryParams().WithProjectName(projectName).
			WithRepositoryName(inPath(copied)).WithRepository(description)); err != nil {
			return err
		}
		read, err := r.api.Repository.GetRepository(r.ctx, repository.NewGetRepositoryParams().WithProjectName(projectName).
			WithRepositoryName(inPath(copied)))
		if err != nil {
			return err
		}
		return all(
			fits(listed.Payload...), expect("repositories", listed.XTotalCount, int64(1)),
			fits(everywhere.Payload...), expect("repositories of the name", len(everywhere.Payload), 1),
			fits(read.Payload), expect("description", read.Payload.Description, "a copy"),
		)
	})
	r.step("a project with a repository cannot be deleted", func() error {
		_, err := r.api.Project.DeleteProject(r.ctx, project.NewDeleteProjectParams().WithProjectNameOrID(projectName))
		var refused *project.DeleteProjectPreconditionFailed
		if !errors.As(err, &refused) {
			return fmt.Errorf("the answer is %v", err)
		}
		return nil
	})
}

func (r *round) deleteContents() {
	r.step("the artifact and its repository are deleted", func() error {
		listed, err := r.api.Artifact.ListArtifacts(r.ctx, artifact.NewListArtifactsParams().
			WithProjectName(projectName).WithRepositoryName(inPath(copied)))
		if err != nil {
			return err
		}
		for _, one := range listed.Payload {
			if _, err := r.api.Artifact.DeleteArtifact(r.ctx, artifact.NewDeleteArtifactParams().WithProjectName(projectName).
				WithRepositoryName(inPath(copied)).WithReference(one.Digest)); err != nil {
				return err
			}
		}
		_, err = r.api.Repository.DeleteRepository(r.ctx, repository.NewDeleteRepositoryParams().WithProjectName(projectName).
			WithRepositoryName(inPath(copied)))
		return err
	})
}

func (r *round) readArtifact(digest string) (*models.Artifact, error) {
	read, err := r.api.Artifact.GetArtifact(r.ctx, artifact.NewGetArtifactParams().WithProjectName(projectName).
		WithRepositoryName(inPath(copied)).WithReference(digest).WithWithLabel(pointerTo(true)).WithWithAccessory(pointerTo(true)))
	if err != nil {
		return nil, err
	}
	return read.Payload, nil
}

func (r *round) numericProjectID() int64 {
	read, err := r.readProject()
	if err != nil {
		return 0
	}
	return int64(read.ProjectID)
}
