//! `hall-server device …`.

use clap::Subcommand;

use super::CommandError;
use crate::clock::{Clock, SystemClock};
use crate::identity::secrets;
use crate::store::{Store, halls, identity};

#[derive(Debug, Subcommand)]
pub(super) enum Device {
    /// Register a device, or give it a new token; the token is printed once
    Add {
        name: String,
        #[arg(long)]
        hall: String,
        #[arg(long, default_value = "kiosk", value_parser = ["kiosk"])]
        kind: String,
    },
    /// List devices
    List,
    /// Shut a device out
    Revoke { name: String },
}

impl Device {
    pub(super) async fn run(self, store: &Store) -> Result<(), CommandError> {
        match self {
            Device::Add { name, hall, kind } => {
                if halls::all(store).await?.iter().all(|h| h.code != hall) {
                    return Err(CommandError::Refused(format!("there is no hall {hall}")));
                }
                let token = secrets::token()?;
                let device = identity::Device { name, kind, hall, active: true };
                let mut tx = store.begin_write().await?;
                identity::put_device(&mut tx, &device, &secrets::token_hash(&token), SystemClock.now()).await?;
                tx.commit().await?;
                println!("{token}");
                Ok(())
            }
            Device::List => {
                for device in identity::devices(store).await? {
                    let state = if device.active { "active" } else { "revoked" };
                    println!("{}\t{}\t{}\t{state}", device.name, device.kind, device.hall);
                }
                Ok(())
            }
            Device::Revoke { name } => {
                let mut tx = store.begin_write().await?;
                let known = identity::revoke_device(&mut tx, &name).await?;
                tx.commit().await?;
                known.then_some(()).ok_or_else(|| CommandError::Refused(format!("there is no device {name}")))
            }
        }
    }
}
