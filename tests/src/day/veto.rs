//! Another application, which one department vetoes.

use protocol::case::{BranchState, CaseState};
use protocol::staff::Role;

use super::{Day, Receipt};
use crate::people::Citizen;
use crate::screen::{button, field, text, word};
use crate::{Result, qr};

impl Day {
    pub(super) async fn veto(&mut self) -> Result<()> {
        let citizen = Citizen::chen_zhiqiang();
        let ticket = self.ticket_for(&citizen, "ticket-2", false).await?;
        self.kiosk.screen.touch(&button("完成")).await?;
        self.desk.screen.touch(&button("窗口")).await?;
        self.desk.screen.touch(&button("叫下一号")).await?;
        self.desk.screen.see(&word(ticket.number)).await?;
        let case_no = self.accept_application("desk-2").await?;
        let address = qr::read_one(&self.desk_paper("receipt-2").await?)?;
        let receipt = Receipt { case_no, address };

        let department = self.item.review_departments[1].clone();
        let reviewer = self.world.credentials.person(Role::Reviewer, Some(&department))?.clone();
        self.open_task(&reviewer, &receipt.case_no, "veto").await?;
        self.office.screen.write(&field("意见"), "现场核查不符合条件。").await?;
        self.office.screen.touch(&button("否决").of("ActionPanel")).await?;
        self.office.screen.see(&text("否决后，办件不再经其他部门审查")).await?;
        let asked = self.office_picture("veto-confirm.png").await?;
        self.office.screen.touch(&button("确认否决")).await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", receipt.case_no))).await?;
        let case = self.case(&receipt.case_no).await?;
        let cancelled = case.branches.iter().any(|branch| branch.state == BranchState::CancelledByVeto);
        if case.state != CaseState::DecidedRefused || !cancelled {
            return Err(format!("after the veto the case is {:?}, its branches {:?}", case.state, case.branches).into());
        }
        self.leave_office().await?;
        let page = self.browser.open(&receipt.address, super::PHONE.0, super::PHONE.1).await?;
        page.reads("case-number", &receipt.case_no).await?;
        page.picture(&self.evidence.file("phone-refused.png")).await?;
        page.close().await?;
        self.evidence.step(
            "One department's veto refuses another application",
            &format!("{} of {department}; the other branch is cancelled: {asked}, phone-refused.png", reviewer.name),
        )
    }
}
