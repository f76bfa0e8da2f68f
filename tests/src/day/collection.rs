//! The result: seen at the kiosk by the receipt's QR, made ready and collected.

use protocol::case::CaseState;
use protocol::staff::Role;

use super::{Day, Receipt};
use crate::Result;
use crate::people::Citizen;
use crate::screen::{button, button_with, field, list_item, text};

impl Day {
    /// The receipt under the kiosk's scanner shows how far the application is.
    pub(super) async fn progress_at_kiosk(&mut self, receipt: &Receipt) -> Result<()> {
        self.kiosk_idle().await?;
        self.kiosk.screen.touch(&button("查询进度")).await?;
        self.kiosk.screen.see(&text("请将身份证平放在读卡区")).await?;
        self.kiosk_devices.scan(&receipt.address).await?;
        self.kiosk.screen.see(&button(&self.item.name.zh).of("ProgressScreen")).await?;
        self.kiosk.screen.see(&text("应在")).await?;
        let picture = self.kiosk_picture("kiosk-progress.png").await?;
        self.kiosk.screen.touch(&button("首页")).await?;
        self.evidence.step(
            "The kiosk tells the progress",
            &format!("the receipt's QR at the scanner's serial line shows {}: {picture}", receipt.case_no),
        )
    }

    /// The department makes the result ready, and the clerk hands it over.
    pub(super) async fn collect(&mut self, receipt: &Receipt) -> Result<()> {
        let maker = self.world.credentials.person(Role::Reviewer, Some(&self.item.department))?.clone();
        self.open_task(&maker, &receipt.case_no, "result").await?;
        self.office.screen.touch(&button("结果已制好，办结").of("ActionPanel")).await?;
        // The desk asks for the result's file; this permit is on paper alone.
        self.office.screen.touch(&button("办结").of("DialogLayer")).await?;
        self.office.screen.see(&text(format!("办件 {} 已处理", receipt.case_no))).await?;
        self.leave_office().await?;
        self.evidence.step("The result is ready", &format!("{} makes it: result-tasks.png", maker.name))?;

        self.desk.screen.touch(&button_with("我的待办")).await?;
        self.desk.screen.touch(&list_item(&receipt.case_no)).await?;
        self.desk.screen.see(&button("已领取").of("ActionPanel")).await?;
        self.desk.screen.write(&field("领取人姓名"), Citizen::wang_xiaomei().name).await?;
        let picture = self.desk_picture("desk-collection.png").await?;
        self.desk.screen.touch(&button("已领取").of("ActionPanel")).await?;
        self.desk.screen.see(&text(format!("办件 {} 已处理", receipt.case_no))).await?;
        let case = self.case(&receipt.case_no).await?;
        if case.state != CaseState::Delivered {
            return Err(format!("after the collection the case is {:?}", case.state).into());
        }
        let page = self.browser.open(&receipt.address, super::PHONE.0, super::PHONE.1).await?;
        page.reads("case-number", &receipt.case_no).await?;
        page.picture(&self.evidence.file("phone-delivered.png")).await?;
        page.close().await?;
        self.evidence.step(
            "The result is collected",
            &format!("{} history entries; {picture}, phone-delivered.png", case.history.len()),
        )
    }
}
