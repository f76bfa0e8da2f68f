//! Another application: of somebody with a rare name, with one correction notice, and refused: one department vetoes it and the
//! signer signs the refusal.

use protocol::case::{BranchState, CaseState};
use protocol::staff::Role;
use serde_json::json;

use super::arrival::filled_form;
use super::{Day, Receipt};
use crate::people::Citizen;
use crate::screen::{button, button_with, choice, field, text, word};
use crate::{Result, qr};

/// The printer's command for a picture.
const GS_V0: [u8; 3] = [0x1D, b'v', b'0'];

impl Day {
    /// The person with the rare name takes a ticket and is called; the clerk gives one full correction notice.
    pub(super) async fn correct(&mut self) -> Result<()> {
        let citizen = Citizen::rare();
        let ticket = self.ticket_for(&citizen, "ticket-2", false).await?;
        self.kiosk.screen.touch(&button("完成")).await?;
        // The form is filled in while waiting; the questions are answered at the window.
        self.enter(&ticket, &json!({ "form": filled_form(&self.item) })).await?;
        self.desk.screen.touch(&button("窗口")).await?;
        self.desk.screen.touch(&button("叫下一号")).await?;
        self.desk.screen.see(&word(ticket.number)).await?;
        self.desk.screen.see(&text(citizen.name)).await?;
        self.desk.screen.touch(&button("已到窗")).await?;
        for question in &self.item.questions {
            if let Some(first) = question.choices.first() {
                self.desk.screen.touch(&choice(&first.text.zh)).await?;
            }
        }
        self.desk_picture("desk-situations.png").await?;
        self.desk.screen.touch(&button("开始办件")).await?;
        self.desk.screen.touch(&button("补正告知").of("IntakePanel")).await?;
        self.desk.screen.see(&text("只能告知一次，请列全")).await?;
        self.desk.screen.write(&field("其他需要补正的内容（可不填）"), "平面图请标明面积。").await?;
        let asked = self.desk_picture("desk-correction.png").await?;
        self.desk.screen.touch(&button("告知并打印")).await?;
        self.desk_paper("correction").await?;
        let paper = self.desk_devices.paper(self.desk_papers).await?;
        for words in [&self.item.documents[0].name.zh, "平面图请标明面积。"] {
            if !joined(&paper.text).contains(words) {
                return Err(format!("the correction notice does not say {words}:\n{}", paper.text).into());
            }
        }
        self.evidence.step(
            "Everything missing is told once, on paper",
            &format!("{} hears of all papers: {asked}, correction.png", citizen.name),
        )
    }

    /// The papers come, the application is accepted, one department vetoes it, and the signer refuses.
    pub(super) async fn veto(&mut self) -> Result<()> {
        self.desk.screen.touch(&button("材料已补来").of("IntakePanel")).await?;
        self.desk.screen.touch(&button("全部齐备").of("IntakePanel")).await?;
        let case_no = self.accept("desk-2").await?;
        self.desk.screen.touch(&button_with("受理回执").of("IntakePanel")).await?;
        let address = qr::read_one(&self.desk_paper("receipt-2").await?)?;
        let paper = self.desk_devices.paper(self.desk_papers).await?;
        // The paper's code page has no such character: its line comes as a picture.
        if !paper.text.contains("[picture ") || !std::fs::read(&paper.bytes)?.windows(3).any(|bytes| bytes == GS_V0) {
            return Err(format!("the receipt cannot write the rare name:\n{}", paper.text).into());
        }
        self.evidence
            .step("A rare name stands on screen and paper", "𠮷㐂 at the desk, 𠮷 with a mask on receipt-2.png")?;
        let receipt = Receipt { case_no, address };

        let department = self.item.branches[1].department.clone();
        let reviewer = self.world.credentials.person(Role::Reviewer, Some(&department))?.clone();
        self.open_task(&reviewer, &receipt.case_no, "veto").await?;
        self.office.screen.write(&field("意见"), "现场核查不符合条件。").await?;
        self.office.screen.touch(&button("不同意").of("ActionPanel")).await?;
        self.office.screen.see(&text("其他部门的审查即行取消，由签批人决定不予许可")).await?;
        let asked = self.office_picture("veto-confirm.png").await?;
        self.office.screen.touch(&button("确认不同意")).await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", receipt.case_no))).await?;
        let case = self.case(&receipt.case_no).await?;
        let cancelled = case.branches.iter().any(|branch| branch.state == BranchState::CancelledByVeto);
        if case.state != CaseState::InApproval || !cancelled {
            return Err(format!("after the veto the case is {:?}, its branches {:?}", case.state, case.branches).into());
        }
        self.leave_office().await?;
        let (signer, signed) = self.sign_refusal(&receipt).await?;
        let page = self.browser.open(&receipt.address, super::PHONE.0, super::PHONE.1).await?;
        page.reads("case-number", &receipt.case_no).await?;
        page.picture(&self.evidence.file("phone-refused.png")).await?;
        page.close().await?;
        self.evidence.step(
            "One department's veto refuses the application",
            &format!(
                "{} of {department} objects, the other branch is cancelled, and {signer} signs the refusal: {asked}, \
                 {signed}, phone-refused.png",
                reviewer.name
            ),
        )
    }

    /// After a veto there is nothing to grant: the signer refuses, with a reason. Gives the signer's name and a picture.
    async fn sign_refusal(&mut self, receipt: &Receipt) -> Result<(String, String)> {
        let signer = self.world.credentials.person(Role::Signer, Some(&self.item.department))?.clone();
        self.open_task(&signer, &receipt.case_no, "refusal").await?;
        if self.office.screen.find(&button("准予许可").of("ActionPanel")).await?.is_some() {
            return Err("a vetoed application could be granted".into());
        }
        self.office.screen.write(&field("意见"), "现场核查不符合条件，不予许可。").await?;
        self.office.screen.touch(&button("不予许可").of("ActionPanel")).await?;
        let picture = self.office_picture("refusal-confirm.png").await?;
        self.office.screen.touch(&button("确认不予许可")).await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", receipt.case_no))).await?;
        let case = self.case(&receipt.case_no).await?;
        if case.state != CaseState::DecidedRefused {
            return Err(format!("after the signer's refusal the case is {:?}", case.state).into());
        }
        self.leave_office().await?;
        Ok((signer.name, picture))
    }
}

/// The paper's text without its line breaks: a long name may be broken anywhere.
fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}
