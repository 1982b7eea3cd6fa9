package main

import (
	"errors"

	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/auditlog"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/configure"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/health"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/permissions"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/ping"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/project"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/search"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/statistic"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/system_cve_allowlist"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/systeminfo"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/models"
)

func (r *round) systemInformation() {
	r.step("the registry is alive and healthy", func() error {
		pong, err := r.api.Ping.GetPing(r.ctx, ping.NewGetPingParams())
		if err != nil {
			return err
		}
		report, err := r.api.Health.GetHealth(r.ctx, health.NewGetHealthParams())
		if err != nil {
			return err
		}
		return all(expect("the answer", pong.Payload, "Pong"), fits(report.Payload), expect("status", report.Payload.Status, "healthy"))
	})
	r.step("it tells who it is", func() error {
		info, err := r.api.Systeminfo.GetSystemInfo(r.ctx, systeminfo.NewGetSystemInfoParams())
		if err != nil {
			return err
		}
		volumes, err := r.api.Systeminfo.GetVolumes(r.ctx, systeminfo.NewGetVolumesParams())
		if err != nil {
			return err
		}
		return all(fits(info.Payload), expect("auth mode", *info.Payload.AuthMode, "db_auth"), fits(volumes.Payload))
	})
	r.step("it tells what permissions there are", func() error {
		answer, err := r.api.Permissions.GetPermissions(r.ctx, permissions.NewGetPermissionsParams())
		if err != nil {
			return err
		}
		if len(answer.Payload.System) == 0 || len(answer.Payload.Project) == 0 {
			return errors.New("there are none")
		}
		return fits(answer.Payload)
	})
	r.step("it counts what it holds", func() error {
		answer, err := r.api.Statistic.GetStatistic(r.ctx, statistic.NewGetStatisticParams())
		if err != nil {
			return err
		}
		if answer.Payload.TotalProjectCount < 1 || answer.Payload.TotalStorageConsumption < 1 {
			return errors.New("it counts nothing")
		}
		return fits(answer.Payload)
	})
	r.step("the system's allowlist of vulnerabilities is changed and changed back", func() error {
		list := &models.CVEAllowlist{Items: []*models.CVEAllowlistItem{{CVEID: "CVE-2026-0001"}}}
		put := system_cve_allowlist.NewPutSystemCVEAllowlistParams().WithAllowlist(list)
		if _, err := r.api.SystemCVEAllowlist.PutSystemCVEAllowlist(r.ctx, put); err != nil {
			return err
		}
		answer, err := r.api.SystemCVEAllowlist.GetSystemCVEAllowlist(r.ctx, system_cve_allowlist.NewGetSystemCVEAllowlistParams())
		if err != nil {
			return err
		}
		if err := all(fits(answer.Payload), expect("entries", len(answer.Payload.Items), 1)); err != nil {
			return err
		}
		empty := system_cve_allowlist.NewPutSystemCVEAllowlistParams().WithAllowlist(&models.CVEAllowlist{Items: []*models.CVEAllowlistItem{}})
		_, err = r.api.SystemCVEAllowlist.PutSystemCVEAllowlist(r.ctx, empty)
		return err
	})
}

func (r *round) configuration() {
	read := func() (*models.ConfigurationsResponse, error) {
		answer, err := r.api.Configure.GetConfigurations(r.ctx, configure.NewGetConfigurationsParams())
		if err != nil {
			return nil, err
		}
		return answer.Payload, fits(answer.Payload)
	}
	write := func(minutes int64) error {
		change := &models.Configurations{TokenExpiration: pointerTo(minutes)}
		_, err := r.api.Configure.UpdateConfigurations(r.ctx, configure.NewUpdateConfigurationsParams().WithConfigurations(change))
		return err
	}
	r.step("a setting is changed and changed back", func() error {
		before, err := read()
		if err != nil {
			return err
		}
		if err := write(45); err != nil {
			return err
		}
		after, err := read()
		if err != nil {
			return err
		}
		return all(expect("token_expiration", after.TokenExpiration.Value, int64(45)), write(before.TokenExpiration.Value))
	})
}

func (r *round) search() {
	r.step("a search finds the project and its repositories", func() error {
		answer, err := r.api.Search.Search(r.ctx, search.NewSearchParams().WithQ(projectName))
		if err != nil {
			return err
		}
		return all(
			fits(answer.Payload),
			expect("projects", len(answer.Payload.Project), 1),
			expect("repositories", len(answer.Payload.Repository), 1),
		)
	})
}

func (r *round) auditLogs() {
	r.step("the audit log tells what was done, in both shapes", func() error {
		old, err := r.api.Auditlog.ListAuditLogs(r.ctx, auditlog.NewListAuditLogsParams().WithPageSize(pointerTo(int64(5))))
		if err != nil {
			return err
		}
		query := "operation=create,resource_type=project,resource=" + projectName
		recent, err := r.api.Auditlog.ListAuditLogExts(r.ctx, auditlog.NewListAuditLogExtsParams().WithQ(&query))
		if err != nil {
			return err
		}
		types, err := r.api.Auditlog.ListAuditLogEventTypes(r.ctx, auditlog.NewListAuditLogEventTypesParams())
		if err != nil {
			return err
		}
		if len(types.Payload) == 0 {
			return errors.New("there are no event types")
		}
		return all(
			fits(old.Payload...),
			expect("entries of a page", len(old.Payload), 5),
			fits(recent.Payload...),
			expect("creations of the project", len(recent.Payload), 1),
			expect("result", recent.Payload[0].OperationResult, true),
		)
	})
	r.step("the project's own log tells of it alone", func() error {
		logs, err := r.api.Project.GetLogs(r.ctx, project.NewGetLogsParams().WithProjectName(projectName))
		if err != nil {
			return err
		}
		exts, err := r.api.Project.GetLogExts(r.ctx, project.NewGetLogExtsParams().WithProjectName(projectName))
		if err != nil {
			return err
		}
		if logs.XTotalCount == 0 || exts.XTotalCount == 0 {
			return errors.New("it is empty")
		}
		return all(fits(logs.Payload...), fits(exts.Payload...))
	})
}
