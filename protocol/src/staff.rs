//! Staff, their sessions, and devices.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 窗口人员: calls and takes in.
    Clerk,
    /// 审查人 of a department.
    Reviewer,
    /// 受理人员 of a department: accepts, or refuses acceptance.
    IntakeOfficer,
    /// 签批人 of a department; never the reviewer of the same case.
    Signer,
    /// 部门负责人: approves special procedures and extensions, ends and revokes cases, answers for signals.
    Leader,
    /// 本级人民政府负责人: grants the longer extension of joint cases.
    GovernmentHead,
    /// 督导: sees every hall.
    Supervisor,
    /// Administers items, users and devices.
    Administrator,
}

impl Role {
    pub fn name(self) -> Text {
        match self {
            Role::Clerk => Text::new("窗口人员", "Clerk"),
            Role::Reviewer => Text::new("审查人", "Reviewer"),
            Role::IntakeOfficer => Text::new("受理人员", "Intake officer"),
            Role::Signer => Text::new("签批人", "Signer"),
            Role::Leader => Text::new("部门负责人", "Leader of the department"),
            Role::GovernmentHead => Text::new("本级政府负责人", "Head of the government"),
            Role::Supervisor => Text::new("督导", "Supervisor"),
            Role::Administrator => Text::new("管理员", "Administrator"),
        }
    }
}

/// `POST /api/v1/sessions`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignIn {
    pub username: String,
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("username", &self.username).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub username: String,
    pub name: String,
    pub roles: Vec<Role>,
    /// The hall a clerk works in.
    #[serde(default)]
    pub hall: Option<String>,
    /// The department a reviewer or signer speaks for.
    #[serde(default)]
    pub department: Option<String>,
}

/// A colleague of one's own department, to pass a case on to or to ask. `GET /api/v1/colleagues`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Colleague {
    pub username: String,
    pub name: String,
    pub roles: Vec<Role>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Sent as `Authorization: Bearer …`.
    pub token: String,
    pub user: User,
    pub expires_at: Millis,
}
