package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/project"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/project_metadata"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/quota"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/models"
)

func (r *round) createProject() {
	r.step("there is a project", func() error {
		request := &models.ProjectReq{
			ProjectName: projectName, StorageLimit: pointerTo(int64(1 << 30)),
			Metadata: &models.ProjectMetadata{Public: "false", AutoScan: pointerTo("true")},
		}
		params := project.NewCreateProjectParams().WithProject(request).WithXResourceNameInLocation(pointerTo(true))
		created, err := r.api.Project.CreateProject(r.ctx, params)
		if err != nil {
			return err
		}
		return expect("Location", created.Location, "/api/v2.0/projects/"+projectName)
	})
	r.step("a second one of the name is refused", func() error {
		request := &models.ProjectReq{ProjectName: projectName}
		_, err := r.api.Project.CreateProject(r.ctx, project.NewCreateProjectParams().WithProject(request))
		var conflict *project.CreateProjectConflict
		if !errors.As(err, &conflict) {
			return fmt.Errorf("the answer is %v", err)
		}
		return nil
	})
	r.step("the project is listed, read and known by its name", func() error {
		listed, err := r.api.Project.ListProjects(r.ctx, project.NewListProjectsParams().WithName(pointerTo(projectName)))
		if err != nil {
			return err
		}
		read, err := r.readProject()
		if err != nil {
			return err
		}
		if _, err := r.api.Project.HeadProject(r.ctx, project.NewHeadProjectParams().WithProjectName(projectName)); err != nil {
			return err
		}
		return all(
			fits(listed.Payload...), expect("projects", listed.XTotalCount, int64(1)),
			fits(read), expect("auto_scan", *read.Metadata.AutoScan, "true"),
		)
	})
	r.step("the project is made public, with an allowlist of its own", func() error {
		change := &models.ProjectReq{
			Metadata:     &models.ProjectMetadata{Public: "true", ReuseSysCVEAllowlist: pointerTo("false")},
			CVEAllowlist: &models.CVEAllowlist{Items: []*models.CVEAllowlistItem{{CVEID: "CVE-2026-0002"}}},
		}
		if _, err := r.api.Project.UpdateProject(r.ctx, project.NewUpdateProjectParams().WithProjectNameOrID(projectName).WithProject(change)); err != nil {
			return err
		}
		read, err := r.readProject()
		if err != nil {
			return err
		}
		summary, err := r.api.Project.GetProjectSummary(r.ctx, project.NewGetProjectSummaryParams().WithProjectNameOrID(projectName))
		if err != nil {
			return err
		}
		return all(
			fits(read), expect("public", read.Metadata.Public, "true"), expect("allowed", len(read.CVEAllowlist.Items), 1),
			fits(summary.Payload), expect("administrators", summary.Payload.ProjectAdminCount, int64(1)),
		)
	})
}

func (r *round) metadata() {
	r.step("metadata is listed, added, changed, read and removed", func() error {
		metadata := r.api.ProjectMetadata
		if _, err := metadata.UpdateProjectMetadata(r.ctx, project_metadata.NewUpdateProjectMetadataParams().
			WithProjectNameOrID(projectName).WithMetaName("auto_scan").WithMetadata(map[string]string{"auto_scan": "false"})); err != nil {
			return err
		}
		if _, err := metadata.AddProjectMetadatas(r.ctx, project_metadata.NewAddProjectMetadatasParams().
			WithProjectNameOrID(projectName).WithMetadata(map[string]string{"prevent_vul": "true"})); err != nil {
			return err
		}
		read, err := metadata.GetProjectMetadata(r.ctx, project_metadata.NewGetProjectMetadataParams().
			WithProjectNameOrID(projectName).WithMetaName("prevent_vul"))
		if err != nil {
			return err
		}
		if _, err := metadata.DeleteProjectMetadata(r.ctx, project_metadata.NewDeleteProjectMetadataParams().
			WithProjectNameOrID(projectName).WithMetaName("prevent_vul")); err != nil {
			return err
		}
		listed, err := metadata.ListProjectMetadatas(r.ctx, project_metadata.NewListProjectMetadatasParams().WithProjectNameOrID(projectName))
		if err != nil {
			return err
		}
		_, isThere := listed.Payload["prevent_vul"]
		return all(
			expect("prevent_vul", read.Payload["prevent_vul"], "true"),
			expect("auto_scan", listed.Payload["auto_scan"], "false"),
			expect("prevent_vul is there", isThere, false),
		)
	})
}

func (r *round) quotas() {
	r.step("the project's quota is listed, read and changed", func() error {
		listed, err := r.api.Quota.ListQuotas(r.ctx, quota.NewListQuotasParams().
			WithReference(pointerTo("project")).WithReferenceID(pointerTo(r.projectID())))
		if err != nil {
			return err
		}
		if err := all(fits(listed.Payload...), expect("quotas", len(listed.Payload), 1)); err != nil {
			return err
		}
		id := listed.Payload[0].ID
		change := &models.QuotaUpdateReq{Hard: models.ResourceList{"storage": 2 << 30}}
		if _, err := r.api.Quota.UpdateQuota(r.ctx, quota.NewUpdateQuotaParams().WithID(id).WithHard(change)); err != nil {
			return err
		}
		read, err := r.api.Quota.GetQuota(r.ctx, quota.NewGetQuotaParams().WithID(id))
		if err != nil {
			return err
		}
		if read.Payload.Used["storage"] <= 0 {
			return errors.New("the copied image takes no space")
		}
		return all(fits(read.Payload), expect("limit", read.Payload.Hard["storage"], int64(2<<30)))
	})
}

func (r *round) deleteProject() {
	r.step("the project says whether it can be deleted, and is", func() error {
		deletable, err := r.api.Project.GetProjectDeletable(r.ctx, project.NewGetProjectDeletableParams().WithProjectNameOrID(projectName))
		if err != nil {
			return err
		}
		if err := all(fits(deletable.Payload), expect("deletable", deletable.Payload.Deletable, true)); err != nil {
			return err
		}
		_, err = r.api.Project.DeleteProject(r.ctx, project.NewDeleteProjectParams().WithProjectNameOrID(projectName))
		return err
	})
}

func (r *round) readProject() (*models.Project, error) {
	read, err := r.api.Project.GetProject(r.ctx, project.NewGetProjectParams().
		WithProjectNameOrID(projectName).WithXIsResourceName(pointerTo(true)))
	if err != nil {
		return nil, err
	}
	return read.Payload, nil
}

// projectID is the id as the text that queries take; empty when there is no project.
func (r *round) projectID() string {
	read, err := r.readProject()
	if err != nil {
		return ""
	}
	return strconv.Itoa(int(read.ProjectID))
}
