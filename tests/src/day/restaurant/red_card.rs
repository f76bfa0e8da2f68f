//! A fee that the item does not list raises a red card; the department answers for it, the supervisor decides.

use protocol::staff::Role;
use protocol::supervision::{Signal, SignalKind, SignalState};
use serde_json::json;

use super::{Day, FOOD, Restaurant, step};
use crate::Result;
use crate::day::intake::sign_in;
use crate::screen::{button, button_with, list_item, text};
use crate::until::until;

impl Day {
    pub(super) async fn red_card(&mut self, restaurant: &Restaurant) -> Result<()> {
        let clerk = self.world.api.sign_in(&self.clerk.username, &self.clerk.password).await?;
        let fee = json!({ "step": "charge-fee", "name": "加急费", "amount": 20_000 });
        step(&clerk, &restaurant.food, fee).await?;
        let supervisor = self.world.credentials.person(Role::Supervisor, None)?.clone();
        let watching = self.world.api.sign_in(&supervisor.username, &supervisor.password).await?;
        let raised = self.signal(&watching, &restaurant.food).await?;
        if raised.signal != SignalKind::Red || raised.recipient != FOOD {
            return Err(format!("the fee raised {raised:?}").into());
        }

        let leader = self.world.credentials.person(Role::Leader, Some(FOOD))?.clone();
        sign_in(&self.office, &leader).await?;
        self.office.screen.touch(&button_with("监察信号")).await?;
        self.office.screen.touch(&list_item(&restaurant.food)).await?;
        self.office.screen.touch(&button("答复监察信号")).await?;
        self.office.screen.see(&text("答复监察信号")).await?;
        self.office.screen.keys("误收，当场退还申请人，窗口已重申收费清单。").await?;
        let reply = self.office_picture("red-card-reply.png").await?;
        self.office.screen.key("\n").await?;
        self.office.screen.see(&text("监察信号已处理")).await?;
        let answered = self.office_picture("red-card-answered.png").await?;
        self.leave_office().await?;
        self.evidence.step(
            "A fee outside the list raises a red card, and the department answers",
            &format!(
                "{} for {}, reply due on {}; {} replies: {reply}, {answered}",
                raised.rule_name.zh, raised.recipient_name.zh, raised.reply_due_on, leader.name
            ),
        )?;

        let confirm = json!({ "step": "confirm", "text": "已退还，予以确认。" });
        let closed: Signal = watching.post(&format!("/api/v1/signals/{}/steps", raised.id), &confirm).await?.ok()?;
        if closed.state != SignalState::Confirmed {
            return Err(format!("after the supervisor's word the signal is {:?}", closed.state).into());
        }
        self.evidence.step("The supervisor confirms the answer", &format!("{} closes signal {}", supervisor.name, closed.id))
    }

    async fn signal(&self, watching: &crate::api::Api, case_no: &str) -> Result<Signal> {
        until(&format!("a signal about {case_no}"), async || {
            let signals: Vec<Signal> = watching.get("/api/v1/signals").await?.ok()?;
            Ok(signals.into_iter().find(|signal| signal.case_no == case_no))
        })
        .await
    }
}
