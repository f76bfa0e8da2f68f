//! `hall-server user …`.

use std::io::BufRead;

use clap::{Subcommand, ValueEnum};
use protocol::staff::Role;

use super::CommandError;
use crate::identity::secrets;
use crate::store::{Store, halls, identity};

/// The shortest password taken, in characters.
const SHORTEST: usize = 10;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a user; the password is read from standard input, or made and printed
    Add {
        username: String,
        /// The person's name
        #[arg(long)]
        name: String,
        #[arg(long = "role", required = true, value_enum)]
        roles: Vec<RoleName>,
        /// The hall a clerk works in
        #[arg(long)]
        hall: Option<String>,
        /// The department a reviewer or signer speaks for
        #[arg(long)]
        department: Option<String>,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List users
    List,
    /// Set a new password and end the user's sessions
    Password {
        username: String,
        #[arg(long)]
        password_stdin: bool,
    },
    /// Shut a user out
    Disable { username: String },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    Clerk,
    Reviewer,
    Signer,
    Supervisor,
    Administrator,
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Clerk => Role::Clerk,
            RoleName::Reviewer => Role::Reviewer,
            RoleName::Signer => Role::Signer,
            RoleName::Supervisor => Role::Supervisor,
            RoleName::Administrator => Role::Administrator,
        }
    }
}

impl User {
    pub(super) async fn run(self, store: &Store) -> Result<(), CommandError> {
        match self {
            User::Add { username, name, roles, hall, department, password_stdin } => {
                let roles: Vec<Role> = roles.into_iter().map(Role::from).collect();
                let user = protocol::staff::User { username, name, roles, hall, department };
                add(store, user, password_stdin).await
            }
            User::List => list(store).await,
            User::Password { username, password_stdin } => {
                let (password, made) = password(password_stdin)?;
                let hash = secrets::hash_password(&password)?;
                let mut tx = store.begin_write().await?;
                let known = identity::set_password(&mut tx, &username, &hash).await?;
                tx.commit().await?;
                known.then_some(()).ok_or_else(|| no_user(&username))?;
                tell(made, &password);
                Ok(())
            }
            User::Disable { username } => {
                let mut tx = store.begin_write().await?;
                let known = identity::disable_user(&mut tx, &username).await?;
                tx.commit().await?;
                known.then_some(()).ok_or_else(|| no_user(&username))
            }
        }
    }
}

async fn add(store: &Store, user: protocol::staff::User, password_stdin: bool) -> Result<(), CommandError> {
    let clerk = user.roles.contains(&Role::Clerk);
    if clerk && user.hall.is_none() {
        return Err(CommandError::Refused("a clerk needs --hall".to_owned()));
    }
    if user.roles.iter().any(|r| matches!(r, Role::Reviewer | Role::Signer)) && user.department.is_none() {
        return Err(CommandError::Refused("a reviewer or signer needs --department".to_owned()));
    }
    if let Some(hall) = &user.hall {
        let known = halls::all(store).await?.iter().any(|h| h.code == *hall);
        known.then_some(()).ok_or_else(|| CommandError::Refused(format!("there is no hall {hall}")))?;
    }
    let (password, made) = password(password_stdin)?;
    let hash = secrets::hash_password(&password)?;
    let mut tx = store.begin_write().await?;
    let added = identity::add_user(&mut tx, &user, &hash).await?;
    tx.commit().await?;
    if !added {
        return Err(CommandError::Refused(format!("there is a user {} already", user.username)));
    }
    tell(made, &password);
    Ok(())
}

async fn list(store: &Store) -> Result<(), CommandError> {
    for account in identity::users(store).await? {
        let user = account.user;
        let roles = serde_json::to_value(&user.roles).unwrap_or_default();
        let roles: Vec<&str> = roles.as_array().into_iter().flatten().filter_map(|r| r.as_str()).collect();
        println!(
            "{}\t{}\t{}\t{}\t{}\t{}",
            user.username,
            user.name,
            roles.join(","),
            user.hall.unwrap_or_default(),
            user.department.unwrap_or_default(),
            if account.active { "active" } else { "disabled" }
        );
    }
    Ok(())
}

/// The password, and whether it was made here.
fn password(from_stdin: bool) -> Result<(String, bool), CommandError> {
    if !from_stdin {
        return Ok((secrets::code(16)?, true));
    }
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|source| CommandError::Io { what: "the password could not be read".to_owned(), source })?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    if password.chars().count() < SHORTEST {
        return Err(CommandError::Refused(format!("the password must have at least {SHORTEST} characters")));
    }
    Ok((password, false))
}

fn tell(made: bool, password: &str) {
    if made {
        println!("{password}");
    }
}

fn no_user(username: &str) -> CommandError {
    CommandError::Refused(format!("there is no user {username}"))
}
