//! In three departments: an expert review that stops the clock, a department's own system, and the signatures.

use protocol::case::{BranchState, CaseState, ClockKind, ClockState};
use protocol::staff::Role;
use serde_json::json;

use super::{Day, ENVIRONMENT, FIRE, FOOD, HEALTH, Restaurant, WATER, step};
use crate::Result;
use crate::screen::{button, choice, field, text};

impl Day {
    /// A reviewer of the fire brigade asks for experts, the brigade's leader agrees, and the clock stands still until they have spoken.
    pub(super) async fn expert_review(&mut self, restaurant: &Restaurant) -> Result<()> {
        let reviewer = self.world.credentials.person(Role::Reviewer, Some(FIRE))?.clone();
        self.open_task(&reviewer, &restaurant.fire, "expert-review").await?;
        self.office.screen.touch(&button("更多操作").of("ActionPanel")).await?;
        self.office.screen.touch(&choice("申请特别程序")).await?;
        self.office.screen.key("\n").await?;
        self.office.screen.see(&text("部门负责人批准后，时限暂停。")).await?;
        self.office.screen.touch(&choice("专家评审")).await?;
        self.office.screen.write(&field("天数"), "5").await?;
        self.office.screen.write(&field("理由"), "疏散方案需专家评审。").await?;
        let asked = self.office_picture("expert-review-asked.png").await?;
        self.office.screen.key("\n").await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", restaurant.fire))).await?;
        self.leave_office().await?;

        let leader = self.world.credentials.person(Role::Leader, Some(FIRE))?.clone();
        self.open_task(&leader, &restaurant.fire, "expert-review-leader").await?;
        self.office.screen.touch(&button("批准特别程序").of("ActionPanel")).await?;
        self.office.screen.see(&text("批准后时限暂停，到计划日期自动恢复。")).await?;
        self.office.screen.key("\n").await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", restaurant.fire))).await?;
        let paused = self.case_until("paused", &restaurant.fire, |case| case.state == CaseState::Special).await?;
        let promised =
            paused.clocks.iter().find(|clock| clock.kind == ClockKind::Promised).ok_or("no promised limit")?;
        if promised.state != ClockState::Paused || paused.due_on.is_some() {
            return Err(format!("the clock runs on while experts review: {promised:?}").into());
        }
        self.leave_office().await?;
        self.evidence.step(
            "An expert review stops the clock",
            &format!(
                "{} asks, {} agrees: “{}”; {asked}, expert-review-leader-tasks.png",
                reviewer.name, leader.name, promised.text.zh
            ),
        )?;

        self.open_task(&reviewer, &restaurant.fire, "expert-review-over").await?;
        self.office.screen.touch(&button("结束特别程序").of("ActionPanel")).await?;
        self.office.screen.write(&field("结果（可不填）"), "专家同意疏散方案。").await?;
        self.office.screen.key("\n").await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", restaurant.fire))).await?;
        let running =
            self.case_until("in review again", &restaurant.fire, |case| case.state == CaseState::InReview).await?;
        let due = running.due_on.clone().ok_or("after the review nothing is promised")?;
        let over = self.office_picture("expert-review-over.png").await?;
        self.leave_office().await?;
        self.evidence.step("The experts have spoken, and the clock runs on", &format!("due on {due}: {over}"))
    }

    /// The water bureau decides in its own system, which says everything twice.
    pub(super) async fn own_system(&mut self, restaurant: &Restaurant) -> Result<()> {
        let neighbours = self.world.neighbours()?;
        let handed = neighbours.handed_over(&restaurant.sewer).await?;
        let messages = json!([
            { "kind": "received", "body": { "reference": "SW-2026-0017" } },
            { "kind": "progress", "body": { "text": "现场勘验隔油设施" } },
            { "kind": "approved", "body": { "opinion": "同意接入市政污水管网", "by": "丁志明" } },
        ]);
        let said = neighbours.say(&restaurant.sewer, &messages, 2).await?;
        let answers: Vec<&str> =
            said.as_array().into_iter().flatten().filter_map(|said| said["answer"].as_str()).collect();
        if answers != ["applied", "repeated", "applied", "repeated", "applied", "repeated"] {
            return Err(format!("the hall made of it {answers:?}").into());
        }
        let case = self
            .case_until("answered by the department's system", &restaurant.sewer, |case| {
                case.branches.iter().any(|branch| branch.department == WATER && branch.state == BranchState::Approved)
            })
            .await?;
        self.evidence.step(
            "A department decides in its own system",
            &format!(
                "it was handed {} with {} papers, and said everything twice; the hall acted once ({}), and the case is {:?}",
                restaurant.sewer,
                handed["messages"][0]["body"]["documents"].as_array().map_or(0, Vec::len),
                answers.join(", "),
                case.state
            ),
        )
    }

    /// The other reviewers agree, three signers grant, and the permits are ready.
    pub(super) async fn permits(&mut self, restaurant: &Restaurant) -> Result<()> {
        let agree = json!({ "step": "approve", "opinion": "材料齐全，符合条件，同意。" });
        for (case_no, departments) in
            [(&restaurant.food, &[FOOD, HEALTH][..]), (&restaurant.sewer, &[ENVIRONMENT]), (&restaurant.fire, &[FIRE])]
        {
            for department in departments {
                let case = self.case(case_no).await?;
                if case
                    .branches
                    .iter()
                    .any(|branch| branch.department == *department && branch.state == BranchState::Open)
                {
                    step(&self.of(Role::Reviewer, department).await?, case_no, agree.clone()).await?;
                }
            }
        }
        let mut granted = Vec::new();
        for (case_no, department) in [(&restaurant.food, FOOD), (&restaurant.sewer, WATER), (&restaurant.fire, FIRE)] {
            let signer = self.of(Role::Signer, department).await?;
            let case = step(&signer, case_no, json!({ "step": "grant", "opinion": "准予" })).await?;
            if case.state != CaseState::DecidedGranted {
                return Err(format!("after the grant {case_no} is {:?}", case.state).into());
            }
            step(&self.of(Role::Reviewer, department).await?, case_no, json!({ "step": "complete" })).await?;
            granted.push(case_no.as_str());
        }
        let page = self.browser.open(&restaurant.address, crate::day::PHONE.0, crate::day::PHONE.1).await?;
        page.reads("case-number", &restaurant.food).await?;
        page.picture(&self.evidence.file("restaurant-phone.png")).await?;
        page.close().await?;
        self.evidence
            .step("Three signers grant three permits", &format!("{}: restaurant-phone.png", granted.join(", ")))
    }
}
