//! Above the hall: the supervisor's page, and the chain of events at the day's end.

use protocol::staff::Role;

use super::{DESKTOP, Day};
use crate::Result;
use crate::world::HALL;

impl Day {
    /// The supervisor signs in and sees every hall live.
    pub(super) async fn supervise(&mut self) -> Result<()> {
        let supervisor = self.world.credentials.person(Role::Supervisor, None)?.clone();
        let page = self.browser.open(&format!("{}/supervisor", self.world.address()), DESKTOP.0, DESKTOP.1).await?;
        page.write("#username", &supervisor.username).await?;
        page.write("#password", &supervisor.password).await?;
        page.click("[data-testid=submit]").await?;
        let halls = page.reads("halls", "").await?;
        page.picture(&self.evidence.file("supervisor.png")).await?;
        self.evidence.step(
            "The supervisor sees every hall",
            &format!("{} characters of halls: supervisor.png", halls.chars().count()),
        )?;
        let index = self.browser.open(&self.world.address(), DESKTOP.0, DESKTOP.1).await?;
        index.reads("hall", "").await?;
        index.picture(&self.evidence.file("start-page.png")).await?;
        index.close().await?;
        page.close().await
    }

    /// The events of the day hang together, each by the one before.
    pub(super) fn verify(&mut self) -> Result<()> {
        let said = self.world.operate("verify", &["verify"])?;
        let line = said.lines().find(|line| line.contains(HALL)).or(said.lines().last()).unwrap_or_default().to_owned();
        self.evidence.step("Every record of the day verifies", &line)
    }
}
