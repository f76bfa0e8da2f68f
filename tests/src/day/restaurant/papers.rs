//! What stays: papers whose QR verifies, and a dossier that proves itself without the hall.

use serde_json::Value;

use super::{Day, Restaurant};
use crate::Result;
use crate::day::PHONE;

impl Day {
    pub(super) async fn permits_on_paper(&mut self, restaurant: &Restaurant) -> Result<()> {
        let clerk = self.world.api.sign_in(&self.clerk.username, &self.clerk.password).await?;
        let mut all = 0;
        for case_no in restaurant.cases() {
            let notices: Vec<Value> = clerk.get(&format!("/api/v1/cases/{case_no}/notices")).await?.ok()?;
            all += notices.len();
        }
        let notices: Vec<Value> = clerk.get(&format!("/api/v1/cases/{}/notices", restaurant.fire)).await?.ok()?;
        let kinds: Vec<&str> = notices.iter().filter_map(|notice| notice["kind"].as_str()).collect();
        for kind in ["acceptance", "special-procedure", "grant"] {
            if !kinds.contains(&kind) {
                return Err(format!("no {kind} among the fire check's papers: {kinds:?}").into());
            }
        }
        let grant = notices.iter().find(|notice| notice["kind"] == "grant").ok_or("no grant")?;
        let page = self.browser.open(grant["verify_url"].as_str().unwrap_or_default(), PHONE.0, PHONE.1).await?;
        page.shows("有效").await?;
        page.picture(&self.evidence.file("grant-verified.png")).await?;
        page.close().await?;
        self.evidence.step(
            "Every turn of the cases has its paper, and its QR tells whether it holds",
            &format!("{all} notices; the fire check's: {}; grant-verified.png", kinds.join(", ")),
        )?;

        let dossier = self.evidence.file("dossier-fire.zip");
        let key = self.world.folder().join("evidence.key");
        let (out, secret) = (dossier.display().to_string(), key.display().to_string());
        self.world.operate(
            "dossier",
            &[
                "dossier",
                &restaurant.fire,
                "--out",
                &out,
                "--evidence-key",
                &secret,
                "--public-url",
                &self.world.address(),
            ],
        )?;
        let public = format!("{secret}.pub");
        let said = self.world.operate("dossier-verify", &["dossier", "verify", &out, "--public-key", &public])?;
        let line = said.lines().next_back().unwrap_or_default().to_owned();
        self.evidence.step("The fire check's dossier verifies by itself", &format!("dossier-fire.zip: {line}"))
    }
}
