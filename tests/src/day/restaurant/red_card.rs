//! A fee that the item does not list raises a red card; the hall answers for it, the supervisor decides.

use protocol::staff::Role;
use protocol::supervision::{Signal, SignalKind, SignalState};
use serde_json::json;

use super::{Day, Restaurant, step};
use crate::Result;
use crate::day::DESKTOP;
use crate::screen::{button, button_with, field, list_item, text};
use crate::until::until;
use crate::world::HALL;

impl Day {
    pub(super) async fn red_card(&mut self, restaurant: &Restaurant) -> Result<()> {
        let clerk = self.world.api.sign_in(&self.clerk.username, &self.clerk.password).await?;
        let fee = json!({ "step": "charge-fee", "name": "加急费", "amount": 20_000 });
        step(&clerk, &restaurant.food, fee).await?;
        let supervisor = self.world.credentials.person(Role::Supervisor, None)?.clone();
        let watching = self.world.api.sign_in(&supervisor.username, &supervisor.password).await?;
        let raised = self.signal(&watching, &restaurant.food).await?;
        if raised.signal != SignalKind::Red || raised.recipient != HALL {
            return Err(format!("the fee raised {raised:?}").into());
        }

        self.desk.screen.touch(&button_with("监察信号")).await?;
        self.desk.screen.touch(&list_item(&restaurant.food)).await?;
        self.desk.screen.touch(&button("答复监察信号")).await?;
        self.desk.screen.see(&field("答复")).await?;
        self.desk.screen.keys("误收，当场退还申请人，窗口已重申收费清单。").await?;
        let reply = self.desk_picture("red-card-reply.png").await?;
        self.desk.screen.key("\n").await?;
        self.desk.screen.see(&text("监察信号已处理")).await?;
        let answered = self.desk_picture("red-card-answered.png").await?;
        self.evidence.step(
            "A fee outside the list raises a red card, and the hall answers",
            &format!(
                "{} for {}, reply due on {}; {} replies: {reply}, {answered}",
                raised.rule_name.zh, raised.recipient_name.zh, raised.reply_due_on, self.clerk.name
            ),
        )?;

        let page = format!("{}/supervisor/signals", self.world.address());
        let page = self.browser.open(&page, DESKTOP.0, DESKTOP.1).await?;
        page.write("#username", &supervisor.username).await?;
        page.write("#password", &supervisor.password).await?;
        page.click("[data-testid=submit]").await?;
        page.click("[data-testid=signal-link]").await?;
        page.reads("history", "误收，当场退还申请人").await?;
        page.write("[data-testid=text]", "已退还，予以确认。").await?;
        page.picture(&self.evidence.file("red-card-supervisor.png")).await?;
        page.click("[data-testid=confirm]").await?;
        page.reads("history", "已退还，予以确认。").await?;
        page.click("[data-testid=to-cases]").await?;
        page.reads("ahead", "").await?;
        page.picture(&self.evidence.file("supervision.png")).await?;
        page.close().await?;
        let all: Vec<Signal> = watching.get("/api/v1/signals?state=all").await?.ok()?;
        let closed = all.iter().find(|signal| signal.id == raised.id).ok_or("the signal is gone")?;
        if closed.state != SignalState::Confirmed {
            return Err(format!("after the supervisor's word the signal is {:?}", closed.state).into());
        }
        self.evidence.step(
            "The supervisor confirms the answer, and sees what is due next",
            &format!("{} on the page: red-card-supervisor.png, supervision.png", supervisor.name),
        )
    }

    async fn signal(&self, watching: &crate::api::Api, case_no: &str) -> Result<Signal> {
        until(&format!("a signal about {case_no}"), async || {
            let signals: Vec<Signal> = watching.get("/api/v1/signals").await?.ok()?;
            Ok(signals.into_iter().find(|signal| signal.case_no == case_no))
        })
        .await
    }
}
