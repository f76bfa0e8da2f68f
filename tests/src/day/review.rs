//! In the departments: two reviewers, and a signer who is neither.

use protocol::case::{Case, CaseState};
use protocol::staff::Role;

use super::{Day, Receipt, intake::sign_in};
use crate::Result;
use crate::screen::{button, field, list_item, text};
use crate::until::until;
use crate::world::SampleUser;

impl Day {
    /// Both departments agree, each in its own branch.
    pub(super) async fn review(&mut self, receipt: &Receipt) -> Result<()> {
        let departments: Vec<String> = self.item.branches.iter().map(|branch| branch.department.clone()).collect();
        for (order, department) in departments.iter().enumerate() {
            let reviewer = self.world.credentials.person(Role::Reviewer, Some(department))?.clone();
            let name = format!("review-{}", order + 1);
            self.open_task(&reviewer, &receipt.case_no, &name).await?;
            self.office.screen.touch(&button("同意").of("ActionPanel")).await?;
            self.office.screen.see(&text("请先填写意见或理由")).await?;
            self.office.screen.write(&field("意见"), "材料齐全，符合条件，同意。").await?;
            let picture = self.office_picture(&format!("{name}-case.png")).await?;
            self.office.screen.touch(&button("同意").of("ActionPanel")).await?;
            self.office.screen.see(&text(format!("办件 {} 已处理", receipt.case_no))).await?;
            let state = self.case(&receipt.case_no).await?.state;
            let expected = if order + 1 == departments.len() { CaseState::InApproval } else { CaseState::InReview };
            if state != expected {
                return Err(
                    format!("after {} of {} approvals the case is {state:?}", order + 1, departments.len()).into()
                );
            }
            self.evidence.step(
                &format!("Department {department} agrees"),
                &format!("{} approves with an opinion; the case is now {state:?}: {picture}", reviewer.name),
            )?;
            self.leave_office().await?;
        }
        Ok(())
    }

    /// The signer grants; a reviewer may not.
    pub(super) async fn decide(&mut self, receipt: &Receipt) -> Result<()> {
        let department = self.item.department.clone();
        let reviewer = self.world.credentials.person(Role::Reviewer, Some(&self.item.branches[0].department))?.clone();
        let api = self.world.api.sign_in(&reviewer.username, &reviewer.password).await?;
        let path = format!("/api/v1/cases/{}/steps", receipt.case_no);
        let tried = api.post(&path, &serde_json::json!({ "step": "grant" })).await?;
        if tried.status.is_success() {
            return Err("a reviewer could sign".into());
        }
        let signer = self.world.credentials.person(Role::Signer, Some(&department))?.clone();
        self.open_task(&signer, &receipt.case_no, "decision").await?;
        self.office.screen.touch(&button("准予许可").of("ActionPanel")).await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", receipt.case_no))).await?;
        let case = self.case(&receipt.case_no).await?;
        if case.state != CaseState::DecidedGranted {
            return Err(format!("after the grant the case is {:?}", case.state).into());
        }
        self.evidence.step(
            "The signer grants",
            &format!("{} decides; the reviewer {} was answered {}", signer.name, reviewer.name, tried.code()),
        )?;
        self.leave_office().await
    }

    /// Signs the person in at the office desk and opens the case from their tasks.
    pub(super) async fn open_task(&mut self, person: &SampleUser, case_no: &str, name: &str) -> Result<()> {
        sign_in(&self.office, person).await?;
        self.office.screen.see(&list_item(case_no)).await?;
        self.office_picture(&format!("{name}-tasks.png")).await?;
        self.office.screen.touch(&list_item(case_no)).await?;
        self.office.screen.see(&button("返回列表")).await.map(drop)
    }

    pub(super) async fn leave_office(&mut self) -> Result<()> {
        self.office.screen.touch(&button("退出")).await?;
        self.office.screen.see(&button("登录")).await.map(drop)
    }

    /// The case as the server has it, seen by the clerk.
    pub(super) async fn case(&self, case_no: &str) -> Result<Case> {
        let api = self.world.api.sign_in(&self.clerk.username, &self.clerk.password).await?;
        until(&format!("case {case_no}"), async || Ok(Some(api.get(&format!("/api/v1/cases/{case_no}")).await?.ok()?)))
            .await
    }
}
