//! At the window: the call on board, voice and phone, and the application taken in.

use super::{BOARD, Day, Held, Receipt};
use crate::browser::Page;
use crate::people::Citizen;
use crate::screen::{button, field, list_item, text, word};
use crate::until::until;
use crate::world::{HALL, SampleUser, Station};
use crate::{Result, qr};

impl Day {
    /// The board before anybody is called.
    pub(super) async fn open_board(&mut self) -> Result<Page> {
        let board =
            self.browser.open(&format!("{}/halls/{HALL}/board", self.world.address()), BOARD.0, BOARD.1).await?;
        board.reads("hall-name", "").await?;
        Ok(board)
    }

    /// The clerk signs in, opens the window and calls; board, voice, phone and window display say so.
    pub(super) async fn call(&mut self, ticket: &Held, board: &Page, phone: &Page) -> Result<()> {
        self.desk.screen.see(&button("登录")).await?;
        let picture = self.desk_picture("desk-sign-in.png").await?;
        sign_in(&self.desk, &self.clerk).await?;
        self.desk.screen.touch(&button("开启窗口")).await?;
        self.desk.screen.see(&text("窗口已开启")).await?;
        let open = self.desk_picture("desk-open.png").await?;
        self.evidence.step(
            "The clerk signs in and opens the window",
            &format!("{} at window {}: {picture}, {open}", self.clerk.name, self.window),
        )?;

        self.desk.screen.touch(&button("叫下一号")).await?;
        self.desk.screen.see(&word(ticket.number.clone())).await?;
        let called = self.desk_picture("desk-called.png").await?;
        self.evidence.step("The next ticket is called", &format!("the desk shows {}: {called}", ticket.number))?;

        board.reads("newest-number", &ticket.number).await?;
        board.reads("newest-window", &self.window.to_string()).await?;
        board.picture(&self.evidence.file("board.png")).await?;
        let turn = board.ask("return document.querySelector('[data-testid=newest-call]').dataset.turn").await?;
        let turn = turn.as_str().unwrap_or_default().to_owned();
        self.evidence.step(
            "The board shows the call",
            &format!("{} to window {}, turn {turn}: board.png", ticket.number, self.window),
        )?;
        self.spoken(&turn).await?;

        let display = self.display_shows(&ticket.number).await?;
        self.evidence.step("The display above the window shows the number", &display)?;

        phone.reads("state", "请到窗口").await?;
        phone.reads("window", &self.window.to_string()).await?;
        phone.picture(&self.evidence.file("phone-called.png")).await?;
        self.evidence.step("The phone is called too", "phone-called.png")
    }

    /// Waits until the window display's serial line has brought the number.
    async fn display_shows(&self, number: &str) -> Result<String> {
        until("the window display", async || {
            let shown = self.desk_devices.shown().await?;
            Ok(shown["number"].as_str().is_some_and(|text| text.contains(number)).then(|| shown.to_string()))
        })
        .await
    }

    /// The spoken call of this turn, in the languages there are.
    async fn spoken(&mut self, turn: &str) -> Result<()> {
        let mut lengths = Vec::new();
        for language in ["cmn", "yue", "en"] {
            let path = format!("/halls/{HALL}/speech/{turn}.wav?lang={language}");
            let sound = self.world.api.bytes(&path).await?;
            let seconds = wav_seconds(&sound)?;
            if !(1.0..30.0).contains(&seconds) {
                return Err(format!("the call in {language} lasts {seconds:.1} s").into());
            }
            std::fs::write(self.evidence.file(&format!("call-{language}.wav")), &sound)?;
            lengths.push(format!("{language} {seconds:.1} s"));
        }
        self.evidence.step("The call is spoken", &lengths.join(", "))
    }

    /// The person has come: the application is started, checked and accepted, and its receipt printed.
    pub(super) async fn take_in(&mut self, ticket: &Held, phone: &Page) -> Result<Receipt> {
        let case_no = self.accept_application().await?;
        let picture = self.desk_paper("receipt").await?;
        let address = qr::read_one(&picture)?;
        self.evidence
            .step("The receipt is printed, and its QR read back", &format!("{case_no}: receipt.png holds {address}"))?;

        self.print_notice(&case_no).await?;

        let citizen = Citizen::wang_xiaomei();
        let page = self.browser.open(&address, super::PHONE.0, super::PHONE.1).await?;
        page.reads("case-number", &case_no).await?;
        let text = page.text().await?;
        if text.contains(citizen.name) || text.contains(&citizen.id_number) {
            return Err("the receipt's page shows personal data".into());
        }
        page.picture(&self.evidence.file("phone-case.png")).await?;
        page.close().await?;
        self.evidence.step("The receipt's QR opens the application's page", &format!("{address}: phone-case.png"))?;

        self.desk.screen.touch(&button("办结").of("WindowPage")).await?;
        phone.reads("case-number", &case_no).await?;
        phone.reads("state", "已办结").await?;
        phone.picture(&self.evidence.file("phone-progress.png")).await?;
        self.evidence.step(
            "The ticket's page goes on as the application's",
            &format!("{} is finished and {case_no} in review: phone-progress.png", ticket.number),
        )?;
        Ok(Receipt { case_no, address })
    }

    /// The newest of the case's notices, on A4.
    async fn print_notice(&mut self, case_no: &str) -> Result<()> {
        self.desk.screen.touch(&button("文书").of("IntakePanel")).await?;
        self.desk.screen.see(&list_item("受理通知书")).await?;
        let listed = self.desk_picture("desk-notices.png").await?;
        self.desk.screen.touch(&button("打印文书")).await?;
        self.desk.screen.see(&text("已送打印机")).await?;
        self.desk.screen.touch(&button("关闭")).await?;
        let printed = self.world.printed_notices().join(format!("{case_no}-02.pdf"));
        let pdf = std::fs::read(&printed)?;
        if !pdf.starts_with(b"%PDF-") {
            return Err(format!("{} is no PDF", printed.display()).into());
        }
        std::fs::write(self.evidence.file("acceptance.pdf"), &pdf)?;
        let told = format!("{} KiB to the A4 printer: {listed}, acceptance.pdf", pdf.len() / 1024);
        self.evidence.step("The notice of acceptance is printed", &told)
    }

    /// From the called ticket to the accepted application and its receipt; gives the case's number.
    async fn accept_application(&mut self) -> Result<String> {
        self.desk.screen.touch(&button("已到窗")).await?;
        self.desk.screen.touch(&button("开始办件")).await?;
        self.desk.screen.see(&button("全部齐备").of("IntakePanel")).await?;
        let missing = self.desk_picture("desk-checklist.png").await?;
        self.desk.screen.touch(&button("受理").of("IntakePanel")).await?;
        self.desk.screen.see(&text("还缺必要材料，不能受理")).await?;
        self.evidence.step("Nothing is accepted while papers are missing", &format!("the desk says so: {missing}"))?;
        self.desk.screen.touch(&button("全部齐备").of("IntakePanel")).await?;
        let case_no = self.accept("desk").await?;
        self.desk.screen.touch(&button("打印受理回执").of("IntakePanel")).await?;
        Ok(case_no)
    }

    /// Accepts the application whose papers are all there; gives the case's number.
    pub(super) async fn accept(&mut self, name: &str) -> Result<String> {
        self.desk.screen.see(&text("必要材料已齐")).await?;
        self.desk.screen.touch(&button("受理").of("IntakePanel")).await?;
        let notice = self.desk.screen.see(&text("已受理，请打印受理回执")).await?;
        let case_no = notice.accessible_label.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let accepted = self.desk_picture(&format!("{name}-accepted.png")).await?;
        self.evidence.step("The application is accepted", &format!("{}: {accepted}", notice.accessible_label))?;
        Ok(case_no)
    }
}

/// Signs a person in at a desk.
pub(super) async fn sign_in(station: &Station, user: &SampleUser) -> Result<()> {
    let screen = &station.screen;
    screen.write(&field("用户名"), &user.username).await?;
    screen.write(&field("密码"), &user.password).await?;
    screen.touch(&button("登录")).await?;
    screen.see(&text(&user.name)).await.map(drop)
}

/// The length of a PCM WAV.
fn wav_seconds(sound: &[u8]) -> Result<f64> {
    if sound.len() < 44 || &sound[..4] != b"RIFF" || &sound[8..12] != b"WAVE" {
        return Err("the spoken call is no WAV".into());
    }
    let rate = u32::from_le_bytes([sound[28], sound[29], sound[30], sound[31]]);
    Ok((sound.len() - 44) as f64 / f64::from(rate.max(1)))
}
