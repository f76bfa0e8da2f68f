//! The citizen at the kiosk, and the phone behind the ticket's QR.

use std::collections::BTreeMap;

use protocol::catalogue::{FieldKind, FormField, Item};
use serde_json::{Value, json};

use super::{Day, Held, LANDSCAPE, PHONE};
use crate::browser::Page;
use crate::people::Citizen;
use crate::screen::{button, button_with, text};
use crate::until::until;
use crate::world::Windows;
use crate::{Result, qr};

/// A right entry in every field that an item's form asks for.
pub(super) fn filled_form(item: &Item) -> BTreeMap<String, String> {
    let entry = |field: &FormField| match field.kind {
        FieldKind::CreditCode => "91350100M000100Y43",
        FieldKind::Number => "120",
        FieldKind::Date => "2026-12-01",
        FieldKind::Text | FieldKind::Prose => "小明面馆",
    };
    item.form.iter().filter(|field| field.mandatory).map(|field| (field.key.clone(), entry(field).to_owned())).collect()
}

impl Day {
    /// The kiosk's first page, in both languages and both sizes.
    pub(super) async fn first_page(&mut self) -> Result<()> {
        let screen = &self.kiosk.screen;
        screen.see(&text("常用业务")).await?;
        let common = screen.elements().await?;
        let size = screen.size();
        let common = common.iter().filter(|element| element.accessible_role == "Button").count();
        let picture = self.kiosk_picture("kiosk-idle.png").await?;
        self.evidence.step(
            "The kiosk stands on its first page",
            &format!("{}×{} pixels, {common} things to touch: {picture}", size.width, size.height),
        )?;

        self.kiosk.screen.touch(&button("English")).await?;
        self.kiosk.screen.see(&text("中文")).await?;
        let english = self.kiosk_picture("kiosk-idle-english.png").await?;
        self.kiosk.screen.touch(&button("中文")).await?;
        self.kiosk.screen.touch(&button("大字")).await?;
        self.kiosk.screen.see(&button("标准字")).await?;
        let large = self.kiosk_picture("kiosk-idle-large.png").await?;
        self.kiosk.screen.touch(&button("标准字")).await?;
        self.evidence.step("It speaks English and writes large when asked", &format!("{english}, {large}"))
    }

    /// The three ways to find a service.
    pub(super) async fn look_around(&mut self) -> Result<()> {
        self.kiosk.screen.touch(&button("按主题找")).await?;
        self.kiosk.screen.see(&text("请选择与您要办的事相近的主题")).await?;
        let themes = self.kiosk_picture("kiosk-themes.png").await?;
        self.kiosk.screen.touch(&button("首页")).await?;
        self.kiosk.screen.touch(&button("按部门找")).await?;
        self.kiosk.screen.see(&text("请选择负责办理的部门")).await?;
        let departments = self.kiosk_picture("kiosk-departments.png").await?;
        self.kiosk.screen.touch(&button("首页")).await?;
        self.evidence.step("Services stand by theme and by department", &format!("{themes}, {departments}"))?;

        self.kiosk.screen.touch(&button("搜索业务")).await?;
        for letter in ["s", "p", "j", "y"] {
            self.kiosk.screen.touch(&button(letter)).await?;
        }
        let found = self.kiosk.screen.see(&button_with("食品经营许可")).await?;
        let picture = self.kiosk_picture("kiosk-search.png").await?;
        self.evidence.step(
            "Four letters of pinyin find the service",
            &format!("spjy on the on-screen keyboard shows {}: {picture}", found.accessible_label),
        )
    }

    /// The guide of the found service, on the screen and on paper.
    pub(super) async fn guide_on_paper(&mut self) -> Result<()> {
        self.kiosk.screen.touch(&button_with("食品经营许可")).await?;
        self.kiosk.screen.see(&text("要带的材料")).await?;
        let picture = self.kiosk_picture("kiosk-guide.png").await?;
        self.kiosk.screen.touch(&button("打印指南")).await?;
        let paper = self.kiosk_paper("guide", false).await?;
        self.kiosk.screen.see(&text("已打印，请取走")).await?;
        self.kiosk.screen.touch(&button("首页")).await?;
        let size = std::fs::metadata(&paper)?.len();
        self.evidence.step("The guide says what to bring, and prints", &format!("{picture}, guide.png ({size} bytes)"))
    }

    /// From the first page to the ticket in the hand: the service, the ticket, the card.
    pub(super) async fn take_ticket(&mut self) -> Result<Held> {
        let citizen = Citizen::wang_xiaomei();
        let held = self.ticket_for(&citizen, "ticket", true).await?;
        self.evidence.step(
            "The ticket can be read back from its paper",
            &format!("ticket.png's QR holds {}, and ticket.bin the number {}", held.address, held.number),
        )?;
        self.kiosk.screen.touch(&button("完成")).await?;
        self.kiosk.screen.see(&text("常用业务")).await?;
        let words = self.kiosk.screen.words().await?;
        for secret in [citizen.name, &citizen.id_number, &held.number] {
            if words.contains(secret) {
                return Err(format!("the kiosk still shows {secret}").into());
            }
        }
        self.evidence
            .step("The kiosk is ready for the next person", "neither name nor number is on its screen any more")?;
        Ok(held)
    }

    /// Takes a ticket for the day's item with this citizen's card; `told` adds pictures and steps.
    pub(super) async fn ticket_for(&mut self, citizen: &Citizen, paper: &str, told: bool) -> Result<Held> {
        self.ticket(&self.item.clone(), citizen, paper, told).await
    }

    /// The same for another item.
    pub(super) async fn ticket(&mut self, item: &Item, citizen: &Citizen, paper: &str, told: bool) -> Result<Held> {
        let name = item.name.zh.clone();
        let common = self.kiosk.screen.find(&button(name.clone())).await?.is_some();
        if common {
            self.kiosk.screen.touch(&button(name.clone())).await?;
        } else {
            self.browse_to(item).await?;
        }
        self.kiosk.screen.touch(&button("取号")).await?;
        self.kiosk.screen.see(&text("请将证件平放在读卡区")).await?;
        if told {
            let picture = self.kiosk_picture("kiosk-identify.png").await?;
            let touches = if common { "two touches" } else { "four touches" };
            self.evidence.step("The kiosk asks for the card", &format!("{touches} after the first page: {picture}"))?;
        }
        self.kiosk_devices.place_card(&citizen.card()).await?;
        self.kiosk.screen.see(&text("您的号码")).await?;
        let shown = self.kiosk.screen.elements().await?;
        let number = shown
            .iter()
            .map(|element| element.accessible_label.trim())
            .find(|label| is_number(label))
            .ok_or("the kiosk shows no number")?
            .to_owned();
        let picture = self.kiosk_paper(paper, told).await?;
        self.kiosk.screen.see(&text("小票已打印")).await?;
        if told {
            let done = self.kiosk_picture("kiosk-done.png").await?;
            self.evidence.step(
                "The card is read over its serial line and the ticket printed",
                &format!("number {number} for {}: {done}, {paper}.bin, {paper}.png", citizen.name),
            )?;
        }
        self.kiosk_devices.lift_card().await?;
        let bytes = std::fs::read(&self.kiosk_devices.paper(self.kiosk_papers).await?.bytes)?;
        if !bytes.windows(number.len()).any(|window| window == number.as_bytes()) {
            return Err(format!("the ticket's bytes do not hold {number}").into());
        }
        let address = qr::read_one(&picture)?;
        if !address.starts_with(&self.world.address()) {
            return Err(format!("the ticket's QR leads elsewhere: {address}").into());
        }
        for secret in [citizen.name, &citizen.id_number] {
            if address.contains(secret) {
                return Err("the ticket's address holds personal data".into());
            }
        }
        Ok(Held { number, address })
    }

    /// Finds the item by its department, for where it is not on the first page.
    async fn browse_to(&self, item: &Item) -> Result<()> {
        let screen = &self.kiosk.screen;
        screen.touch(&button("按部门找")).await?;
        let catalogue: protocol::catalogue::Catalogue =
            self.world.api.get(&format!("/api/v1/halls/{}/catalogue", crate::world::HALL)).await?.ok()?;
        let department = catalogue
            .departments
            .iter()
            .find(|department| department.code == item.department)
            .ok_or("the item's department is not in the catalogue")?;
        screen.touch(&button(department.name.zh.clone())).await?;
        screen.see(&text("请选择要办理的业务")).await?;
        // A long list has pages.
        while screen.find(&button(&item.name.zh)).await?.is_none() {
            screen.touch(&button("向下")).await?;
        }
        screen.touch(&button(&item.name.zh)).await.map(drop)
    }

    /// Opens what the QR holds on a phone.
    pub(super) async fn follow_on_phone(&mut self, ticket: &Held) -> Result<Page> {
        let phone = self.browser.open(&ticket.address, PHONE.0, PHONE.1).await?;
        phone.reads("number", &ticket.number).await?;
        let ahead = phone.reads("ahead", "").await?;
        let text = phone.text().await?;
        let citizen = Citizen::wang_xiaomei();
        if text.contains(citizen.name) || text.contains(&citizen.id_number) {
            return Err("the phone page shows personal data".into());
        }
        phone.picture(&self.evidence.file("phone-waiting.png")).await?;
        self.evidence.step(
            "The phone follows the ticket",
            &format!("{} shows {} with {ahead} ahead: phone-waiting.png", ticket.address, ticket.number),
        )?;
        Ok(phone)
    }

    /// While waiting, the citizen answers the item's questions on the phone and hands the preparation over.
    pub(super) async fn prepare_on_phone(&mut self, ticket: &Held) -> Result<()> {
        let page = self.browser.open(&format!("{}/prepare", ticket.address), PHONE.0, PHONE.1).await?;
        let mut answered = 0;
        for question in &self.item.questions {
            let Some(choice) = question.choices.first() else { continue };
            let radio = format!("input[name={}][value={}]", question.key, choice.key);
            until("the question on the phone", async || {
                let asked = page.ask(&format!("return !!document.querySelector('{radio}')")).await?;
                Ok((asked == true).then_some(()))
            })
            .await?;
            page.click(&radio).await?;
            until("the answer to be kept", async || {
                let kept = page.ask(&format!("return !!document.querySelector('.choice-chosen {radio}')")).await?;
                Ok((kept == true).then_some(()))
            })
            .await?;
            answered += 1;
        }
        self.enter(ticket, &json!({ "form": filled_form(&self.item) })).await?;
        page.close().await?;
        let page = self.browser.open(&format!("{}/prepare", ticket.address), PHONE.0, PHONE.1).await?;
        page.click("[data-testid=send]").await?;
        page.reads("sent", "").await?;
        page.picture(&self.evidence.file("phone-prepare.png")).await?;
        page.close().await?;
        self.evidence.step(
            "While waiting, the citizen prepares on the phone",
            &format!("{answered} questions are answered, and the papers that then apply are listed: phone-prepare.png"),
        )
    }

    /// Enters what somebody prepares for a ticket.
    pub(super) async fn enter(&self, ticket: &Held, entered: &Value) -> Result<()> {
        let code = ticket.address.rsplit('/').next().unwrap_or_default();
        self.world.api.put(&format!("/api/v1/follow/{code}/preparation"), entered).await?.ok::<Value>().map(drop)
    }

    /// The other panel: landscape.
    pub(super) async fn other_kiosk(&mut self) -> Result<()> {
        let devices = self.world.simulators("landscape").await?;
        let kiosk = self.world.kiosk(&devices, LANDSCAPE, Windows::Headless).await?;
        kiosk.screen.see(&text("常用业务")).await?;
        kiosk.screen.picture(&self.evidence.file("kiosk-landscape.png")).await?;
        kiosk.screen.touch(&button("查询进度")).await?;
        kiosk.screen.see(&text("查询办件进度")).await?;
        kiosk.screen.picture(&self.evidence.file("kiosk-landscape-progress.png")).await?;
        self.evidence.step("A landscape kiosk fits too", "1280×1024: kiosk-landscape.png, kiosk-landscape-progress.png")
    }

    /// Waits until the kiosk is on its first page again.
    pub(super) async fn kiosk_idle(&self) -> Result<()> {
        until("the kiosk's first page", async || Ok(self.kiosk.screen.find(&text("常用业务")).await?.map(drop))).await
    }
}

/// A ticket number: a letter and three digits or more.
fn is_number(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|letter| letter.is_ascii_uppercase())
        && text.len() >= 4
        && characters.all(|digit| digit.is_ascii_digit())
}
