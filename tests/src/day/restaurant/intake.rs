//! Before and at the window: prepared on the phone, taken in once for three departments, with the register asked instead of a paper.

use protocol::case::{CaseState, DocumentStatus};
use protocol::catalogue::Item;
use serde_json::{Value, json};

use super::{CREDIT_CODE, Day, FIRM, Restaurant, owner};
use crate::day::PHONE;
use crate::day::arrival::filled_form;
use crate::screen::{button, checkbox_with, field, text, word};
use crate::until::until;
use crate::world::HALL;
use crate::{Result, qr};

/// How the restaurant is; what is not asked about is left out.
const ANSWERS: [(&str, &str); 6] = [
    ("premises", "rented"),
    ("business", "meals"),
    ("cold", "no"),
    ("grease", "yes"),
    ("volume", "small"),
    ("size", "small"),
];

impl Day {
    pub(super) async fn restaurant_at_the_window(&mut self) -> Result<Restaurant> {
        let item: Item = self.world.api.get(&format!("/api/v1/items/{}", super::ITEM)).await?.ok()?;
        let owner = owner();
        let ticket = self.ticket(&item, &owner, "ticket-restaurant", false).await?;
        self.kiosk.screen.touch(&button("完成")).await?;
        let answers: Value = item
            .questions
            .iter()
            .filter_map(|question| {
                let own = question.key.split_once('_').map_or(question.key.as_str(), |(_, own)| own);
                ANSWERS.iter().find(|(asked, _)| *asked == own).map(|(_, choice)| (question.key.clone(), json!(choice)))
            })
            .collect();
        self.enter(&ticket, &json!({ "answers": answers, "form": filled_form(&item) })).await?;
        let phone = self.browser.open(&format!("{}/prepare", ticket.address), PHONE.0, PHONE.1).await?;
        phone.shows("食品安全管理制度").await?;
        phone.picture(&self.evidence.file("restaurant-prepare.png")).await?;
        phone.click("[data-testid=send]").await?;
        phone.reads("sent", "").await?;
        phone.close().await?;
        self.evidence.step(
            "A restaurant's owner prepares three permits as one",
            &format!(
                "{} questions and one list of papers for {}: ticket-restaurant.png, restaurant-prepare.png",
                item.questions.len(),
                item.name.zh
            ),
        )?;

        self.call_owner(&item, &ticket.number).await?;
        let clerk = self.world.api.sign_in(&self.clerk.username, &self.clerk.password).await?;
        let current = format!("/api/v1/halls/{HALL}/windows/{}/current", self.window);
        let cases: Vec<String> = until("the application's three cases", async || {
            let called: Value = clerk.get(&current).await?.ok()?;
            let cases: Vec<String> = serde_json::from_value(called["cases"].clone())?;
            Ok((cases.len() == 3).then_some(cases))
        })
        .await?;
        let [food, sewer, fire]: [String; 3] = cases.try_into().map_err(|_| "three cases")?;
        self.evidence.step(
            "One application opens a case in each of three departments",
            &format!("{food}, {sewer} and {fire}, and one list of papers: restaurant-desk.png"),
        )?;

        self.look_up_licence(&food).await?;
        self.desk.screen.touch(&button("全部齐备").of("IntakePanel")).await?;
        self.desk.screen.see(&text("必要材料已齐")).await?;
        self.desk.screen.touch(&button("受理").of("IntakePanel")).await?;
        for case_no in [&food, &sewer, &fire] {
            self.case_until("accepted", case_no, |case| case.state == CaseState::Accepted).await?;
        }
        let accepted = self.desk_picture("restaurant-accepted.png").await?;
        self.desk.screen.touch(&button("打印受理回执").of("IntakePanel")).await?;
        let address = self.food_receipt(&food).await?;
        self.desk.screen.touch(&button("办结").of("WindowPage")).await?;
        self.evidence.step(
            "All three are accepted at one window",
            &format!("{accepted}, receipt-restaurant-1.png and two more"),
        )?;
        Ok(Restaurant { food, sewer, fire, address })
    }

    /// Each case has its receipt; gives the address on the food licence's.
    async fn food_receipt(&mut self, food: &str) -> Result<String> {
        let mut address = None;
        for number in 1..=3 {
            let picture = self.desk_paper(&format!("receipt-restaurant-{number}")).await?;
            if self.desk_devices.paper(self.desk_papers).await?.text.contains(food) {
                address = Some(qr::read_one(&picture)?);
            }
        }
        address.ok_or_else(|| format!("no receipt of {food} was printed").into())
    }

    /// The owner is called, and the application started for the firm with the owner as its agent.
    async fn call_owner(&mut self, item: &Item, number: &str) -> Result<()> {
        let owner = owner();
        self.desk.screen.touch(&button("窗口")).await?;
        self.desk.screen.touch(&button("办结").of("WindowPage")).await?;
        self.desk.screen.touch(&button("叫下一号")).await?;
        self.desk.screen.see(&word(number)).await?;
        self.desk.screen.see(&text(owner.name)).await?;
        self.desk.screen.touch(&button("已到窗")).await?;
        for (label, value) in
            [("姓名/单位", FIRM), ("证件号码", CREDIT_CODE), ("代理人", owner.name), ("代理人证件", &owner.id_number)]
        {
            self.desk.screen.write(&field(label), value).await?;
        }
        self.desk_picture("restaurant-situations.png").await?;
        self.desk.screen.touch(&button("开始办件")).await?;
        self.desk.screen.see(&checkbox_with(&item.documents[0].name.zh)).await?;
        self.desk_picture("restaurant-desk.png").await.map(drop)
    }

    /// The business licence comes from the register instead of the owner's bag.
    async fn look_up_licence(&mut self, food: &str) -> Result<()> {
        let screen = &self.desk.screen;
        screen.touch(&checkbox_with("营业执照")).await?;
        screen.touch(&button("查询").of("PaperStrip")).await?;
        screen.see(&text("查询用途（申请人可以查到）")).await?;
        screen.keys("核对经营主体").await?;
        let asked = self.desk_picture("restaurant-lookup.png").await?;
        self.desk.screen.key("\n").await?;
        self.desk.screen.see(&text("查询到了，已附到办件")).await?;
        let case = self.case(food).await?;
        let licence =
            case.documents.iter().find(|document| document.name.zh == "营业执照").ok_or("no licence asked for")?;
        if licence.status != DocumentStatus::Pulled {
            return Err(format!("after the lookup the licence is {:?}", licence.status).into());
        }
        let heard = self.world.neighbours()?.asked().await?;
        if heard.len() != 1 || !heard[0]["request"].as_str().unwrap_or_default().contains(CREDIT_CODE) {
            return Err(format!("the register was asked otherwise: {heard:?}").into());
        }
        self.evidence.step(
            "The business licence is looked up instead of asked for",
            &format!("the register heard one question, with its purpose: {asked}"),
        )
    }
}
