//! A restaurant opens (开餐馆一件事): one application at one window, three permits. The food licence meets a red card, the sewer
//! permit is decided in the department's own system, the fire check waits for experts.

mod departments;
mod intake;
mod papers;
mod red_card;

use protocol::case::Case;
use protocol::staff::Role;
use serde_json::Value;

use super::Day;
use crate::Result;
use crate::api::Api;
use crate::people::Citizen;
use crate::until::until;

const ITEM: &str = "SAMPLE-440304-01-9001";
const FOOD: &str = "SAMPLE-440304-01";
const HEALTH: &str = "SAMPLE-440304-02";
const FIRE: &str = "SAMPLE-440304-12";
const WATER: &str = "SAMPLE-440304-21";
const ENVIRONMENT: &str = "SAMPLE-440304-18";

/// The firm as the register knows it.
const FIRM: &str = "示例餐饮有限公司";
const CREDIT_CODE: &str = "91350100M000100Y43";

/// The application's three cases, by number.
#[derive(Debug, Clone)]
struct Restaurant {
    food: String,
    sewer: String,
    fire: String,
    /// Its receipt's page.
    address: String,
}

impl Restaurant {
    fn cases(&self) -> [&str; 3] {
        [&self.food, &self.sewer, &self.fire]
    }
}

impl Day {
    /// The whole chapter.
    pub(super) async fn restaurant(&mut self) -> Result<()> {
        let restaurant = self.restaurant_at_the_window().await?;
        self.expert_review(&restaurant).await?;
        self.own_system(&restaurant).await?;
        self.red_card(&restaurant).await?;
        self.permits(&restaurant).await?;
        self.permits_on_paper(&restaurant).await
    }

    /// A department's person, by the API.
    async fn of(&self, role: Role, department: &str) -> Result<Api> {
        let person = self.world.credentials.person(role, Some(department))?;
        self.world.api.sign_in(&person.username, &person.password).await
    }

    /// Waits until the case is as it should be.
    async fn case_until(&self, what: &str, case_no: &str, as_it_should: impl Fn(&Case) -> bool) -> Result<Case> {
        let clerk = self.world.api.sign_in(&self.clerk.username, &self.clerk.password).await?;
        until(&format!("{case_no} to be {what}"), async || {
            let case: Case = clerk.get(&format!("/api/v1/cases/{case_no}")).await?.ok()?;
            Ok(as_it_should(&case).then_some(case))
        })
        .await
    }
}

/// Takes a step of a case.
async fn step(who: &Api, case_no: &str, step: Value) -> Result<Case> {
    who.post(&format!("/api/v1/cases/{case_no}/steps"), &step).await?.ok()
}

/// 林国梁, who opens the restaurant.
fn owner() -> Citizen {
    Citizen::new("林国梁", "440304", "19790315", "351")
}
