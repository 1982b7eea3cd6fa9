package main

import (
	"errors"
	"fmt"

	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/member"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/robot"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/user"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/models"
)

func (r *round) createUsers() []int64 {
	var ids []int64
	for _, name := range []string{"go-ada", "go-bob"} {
		r.step("there is a user "+name, func() error {
			request := &models.UserCreationReq{
				Username: name, Email: name + "@example.com", Realname: name, Password: "Passw0rd-go",
			}
			created, err := r.api.User.CreateUser(r.ctx, user.NewCreateUserParams().WithUserReq(request))
			if err != nil {
				return err
			}
			id, err := idOf(created.Location)
			ids = append(ids, id)
			return err
		})
	}
	r.step("users are listed, searched and read", func() error {
		listed, err := r.api.User.ListUsers(r.ctx, user.NewListUsersParams().WithQ(pointerTo("username=~go-")))
		if err != nil {
			return err
		}
		found, err := r.api.User.SearchUsers(r.ctx, user.NewSearchUsersParams().WithUsername("go-"))
		if err != nil {
			return err
		}
		current, err := r.api.User.GetCurrentUserInfo(r.ctx, user.NewGetCurrentUserInfoParams())
		if err != nil {
			return err
		}
		return all(
			fits(listed.Payload...), expect("listed", listed.XTotalCount, int64(2)),
			fits(found.Payload...), expect("found", len(found.Payload), 2),
			fits(current.Payload),
		)
	})
	r.step("a user's profile, password and rights are changed", func() error {
		if len(ids) == 0 {
			return errors.New("there is no user")
		}
		profile := &models.UserProfile{Email: "go-ada@example.org", Realname: "Ada", Comment: "wrote programs"}
		if _, err := r.api.User.UpdateUserProfile(r.ctx, user.NewUpdateUserProfileParams().WithUserID(ids[0]).WithProfile(profile)); err != nil {
			return err
		}
		password := &models.PasswordReq{NewPassword: "Passw0rd-two"}
		if _, err := r.api.User.UpdateUserPassword(r.ctx, user.NewUpdateUserPasswordParams().WithUserID(ids[0]).WithPassword(password)); err != nil {
			return err
		}
		for _, flag := range []bool{true, false} {
			change := &models.UserSysAdminFlag{SysadminFlag: flag}
			if _, err := r.api.User.SetUserSysAdmin(r.ctx, user.NewSetUserSysAdminParams().WithUserID(ids[0]).WithSysadminFlag(change)); err != nil {
				return err
			}
		}
		read, err := r.api.User.GetUser(r.ctx, user.NewGetUserParams().WithUserID(ids[0]))
		if err != nil {
			return err
		}
		return all(fits(read.Payload), expect("realname", read.Payload.Realname, "Ada"))
	})
	return ids
}

func (r *round) deleteUsers(ids []int64) {
	r.step("the users are deleted", func() error {
		for _, id := range ids {
			if _, err := r.api.User.DeleteUser(r.ctx, user.NewDeleteUserParams().WithUserID(id)); err != nil {
				return err
			}
		}
		_, err := r.api.User.GetUser(r.ctx, user.NewGetUserParams().WithUserID(ids[0]))
		var gone *user.GetUserNotFound
		if !errors.As(err, &gone) {
			return fmt.Errorf("a deleted user answers %v", err)
		}
		return nil
	})
}

func (r *round) members(users []int64) {
	r.step("members join, change their role and leave", func() error {
		if len(users) == 0 {
			return errors.New("there is no user")
		}
		request := &models.ProjectMember{RoleID: 2, MemberUser: &models.UserEntity{UserID: users[0]}}
		created, err := r.api.Member.CreateProjectMember(r.ctx,
			member.NewCreateProjectMemberParams().WithProjectNameOrID(projectName).WithProjectMember(request))
		if err != nil {
			return err
		}
		id, err := idOf(created.Location)
		if err != nil {
			return err
		}
		listed, err := r.api.Member.ListProjectMembers(r.ctx, member.NewListProjectMembersParams().WithProjectNameOrID(projectName))
		if err != nil {
			return err
		}
		if _, err := r.api.Member.UpdateProjectMember(r.ctx, member.NewUpdateProjectMemberParams().
			WithProjectNameOrID(projectName).WithMid(id).WithRole(&models.RoleRequest{RoleID: 4})); err != nil {
			return err
		}
		read, err := r.api.Member.GetProjectMember(r.ctx, member.NewGetProjectMemberParams().WithProjectNameOrID(projectName).WithMid(id))
		if err != nil {
			return err
		}
		if err := all(
			fits(listed.Payload...), expect("members", listed.XTotalCount, int64(2)),
			fits(read.Payload), expect("role", read.Payload.RoleID, int64(4)),
		); err != nil {
			return err
		}
		_, err = r.api.Member.DeleteProjectMember(r.ctx, member.NewDeleteProjectMemberParams().WithProjectNameOrID(projectName).WithMid(id))
		return err
	})
}

func (r *round) robots() {
	permissions := []*models.RobotPermission{{
		Kind: "project", Namespace: projectName,
		Access: []*models.Access{{Resource: "repository", Action: "pull"}, {Resource: "repository", Action: "push"}},
	}}
	r.step("a robot is made, listed, changed, given another secret and deleted", func() error {
		request := &models.RobotCreate{Name: "builder", Level: "project", Duration: 7, Permissions: permissions}
		created, err := r.api.Robot.CreateRobot(r.ctx, robot.NewCreateRobotParams().WithRobot(request))
		if err != nil {
			return err
		}
		id := created.Payload.ID
		listed, err := r.api.Robot.ListRobot(r.ctx, robot.NewListRobotParams().WithQ(pointerTo("Level=project,ProjectID="+r.projectID())))
		if err != nil {
			return err
		}
		read, err := r.api.Robot.GetRobotByID(r.ctx, robot.NewGetRobotByIDParams().WithRobotID(id))
		if err != nil {
			return err
		}
		changed := read.Payload
		changed.Description, changed.Disable = "builds", true
		if _, err := r.api.Robot.UpdateRobot(r.ctx, robot.NewUpdateRobotParams().WithRobotID(id).WithRobot(changed)); err != nil {
			return err
		}
		refreshed, err := r.api.Robot.RefreshSec(r.ctx, robot.NewRefreshSecParams().WithRobotID(id).WithRobotSec(&models.RobotSec{}))
		if err != nil {
			return err
		}
		if err := all(
			fits(created.Payload), fits(listed.Payload...), expect("robots", len(listed.Payload), 1), fits(read.Payload),
			expect("length of a secret", len(refreshed.Payload.Secret), len(created.Payload.Secret)),
		); err != nil {
			return err
		}
		_, err = r.api.Robot.DeleteRobot(r.ctx, robot.NewDeleteRobotParams().WithRobotID(id))
		return err
	})
}
