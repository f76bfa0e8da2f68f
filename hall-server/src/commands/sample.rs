//! `hall-server sample`: the sample district with its people and devices.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use protocol::staff::User;
use serde::Serialize;

use super::CommandError;
use crate::catalogue::sample;
use crate::clock::{Clock, SystemClock};
use crate::identity::secrets;
use crate::store::{Store, identity};

#[derive(Debug, Args)]
pub(super) struct Sample {
    /// Where passwords and tokens are written, readable by you alone
    #[arg(long, value_name = "FILE.json")]
    credentials: PathBuf,
    /// Halls that are open at every hour
    #[arg(long)]
    always_open: bool,
}

#[derive(Debug, Serialize)]
struct Credentials {
    users: Vec<UserCredentials>,
    devices: Vec<DeviceCredentials>,
}

#[derive(Debug, Serialize)]
struct UserCredentials {
    #[serde(flatten)]
    user: User,
    password: String,
}

#[derive(Debug, Serialize)]
struct DeviceCredentials {
    name: String,
    kind: String,
    hall: String,
    token: String,
}

impl Sample {
    pub(super) async fn run(self, store: &Store) -> Result<(), CommandError> {
        let now = SystemClock.now();
        let report = sample::load(store, sample::Options { always_open: self.always_open }, now).await?;
        let staff = sample::staff()?;
        let users = with_passwords(&staff.users)?;
        let devices: Vec<DeviceCredentials> = staff
            .devices
            .into_iter()
            .map(|d| Ok(DeviceCredentials { name: d.name, kind: d.kind, hall: d.hall, token: secrets::token()? }))
            .collect::<Result<_, getrandom::Error>>()?;
        let mut tx = store.begin_write().await?;
        for (user, hash) in &users {
            // Loaded again, everybody gets a new password.
            if !identity::add_user(&mut tx, &user.user, hash).await? {
                identity::set_password(&mut tx, &user.user.username, hash).await?;
            }
        }
        for device in &devices {
            let row = identity::Device {
                name: device.name.clone(),
                kind: device.kind.clone(),
                hall: device.hall.clone(),
                active: true,
            };
            identity::put_device(&mut tx, &row, &secrets::token_hash(&device.token), now).await?;
        }
        let credentials = Credentials { users: users.into_iter().map(|(user, _)| user).collect(), devices };
        write(&self.credentials, &credentials)?;
        tx.commit().await?;
        println!("{report}");
        println!(
            "wrote {} users and {} devices to {}",
            credentials.users.len(),
            credentials.devices.len(),
            self.credentials.display()
        );
        Ok(())
    }
}

/// Makes passwords and their hashes, on every core: hashing is slow on purpose.
fn with_passwords(users: &[User]) -> Result<Vec<(UserCredentials, String)>, CommandError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = users.len().div_ceil(cores).max(1);
    let hashed = std::thread::scope(|scope| {
        let workers: Vec<_> = users
            .chunks(share)
            .map(|chunk| {
                scope.spawn(|| {
                    chunk
                        .iter()
                        .map(|user| {
                            let password = secrets::code(14)?;
                            let hash = secrets::hash_password(&password)?;
                            Ok((UserCredentials { user: user.clone(), password }, hash))
                        })
                        .collect::<Result<Vec<_>, secrets::SecretError>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Vec<_>>()
    });
    let mut all = Vec::with_capacity(users.len());
    for part in hashed {
        all.extend(part?);
    }
    Ok(all)
}

fn write(path: &Path, credentials: &Credentials) -> Result<(), CommandError> {
    let failed = |source| CommandError::Io { what: format!("{} could not be written", path.display()), source };
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // A file that is there may be readable by others: its rights are set before anything is written.
    let _ = std::fs::remove_file(path);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    let mut json = serde_json::to_vec_pretty(credentials).unwrap_or_default();
    json.push(b'\n');
    file.write_all(&json).and_then(|()| file.sync_all()).map_err(failed)
}
