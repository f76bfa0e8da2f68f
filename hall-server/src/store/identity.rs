//! Users, sessions and devices.

use std::collections::HashMap;

use protocol::Millis;
use protocol::staff::{Role, User};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{Store, StoreError, placeholders};

/// A user with what is needed to let them in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub user: User,
    pub password_hash: String,
    pub active: bool,
}

/// A device that acts by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub name: String,
    pub kind: String,
    pub hall: String,
    pub active: bool,
}

pub(super) const USER: &str =
    "users.username, users.name, users.roles, users.hall, users.department, users.password_hash, users.state";

pub async fn add_user(connection: &mut AnyConnection, user: &User, password_hash: &str) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO users (username, name, roles, hall, department, password_hash, state) \
         VALUES ($1, $2, $3, $4, $5, $6, 'active') ON CONFLICT (username) DO NOTHING",
    )
    .bind(&user.username)
    .bind(&user.name)
    .bind(serde_json::to_string(&user.roles).unwrap_or_default())
    .bind(&user.hall)
    .bind(&user.department)
    .bind(password_hash)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn user(store: &Store, username: &str) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {USER} FROM users WHERE username = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(username).fetch_optional(store.reader()).await?;
    row.as_ref().map(account).transpose()
}

pub async fn users(store: &Store) -> Result<Vec<Account>, StoreError> {
    let sql = format!("SELECT {USER} FROM users ORDER BY username");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(store.reader()).await?;
    rows.iter().map(account).collect()
}

/// Active staff of a department.
pub async fn of_department(store: &Store, department: &str) -> Result<Vec<User>, StoreError> {
    let sql = format!("SELECT {USER} FROM users WHERE department = $1 AND state = 'active' ORDER BY username");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(department).fetch_all(store.reader()).await?;
    rows.iter().map(|row| account(row).map(|account| account.user)).collect()
}

/// The names of users, by user name; those that are not there are left out.
pub async fn names(connection: &mut AnyConnection, usernames: &[&str]) -> Result<HashMap<String, String>, StoreError> {
    if usernames.is_empty() {
        return Ok(HashMap::new());
    }
    let sql =
        format!("SELECT username, name FROM users WHERE username IN {}", placeholders(connection, 1, usernames.len()));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for username in usernames {
        query = query.bind(*username);
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Sets a new password and ends the user's sessions; false where there is no such user.
pub async fn set_password(
    connection: &mut AnyConnection,
    username: &str,
    password_hash: &str,
) -> Result<bool, StoreError> {
    end_sessions(connection, username).await?;
    let done = sqlx::query("UPDATE users SET password_hash = $2 WHERE username = $1")
        .bind(username)
        .bind(password_hash)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Shuts a user out and ends their sessions; false where there is no such user.
pub async fn disable_user(connection: &mut AnyConnection, username: &str) -> Result<bool, StoreError> {
    end_sessions(connection, username).await?;
    let done = sqlx::query("UPDATE users SET state = 'disabled' WHERE username = $1")
        .bind(username)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn end_sessions(connection: &mut AnyConnection, username: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE username = $1").bind(username).execute(connection).await?;
    Ok(())
}

/// Writes a session and clears away those that have run out.
pub async fn add_session(
    connection: &mut AnyConnection,
    token_hash: &str,
    username: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO sessions (token_hash, username, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(username)
        .bind(now)
        .bind(expires_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// The active user of a session that has not run out, and when it will.
pub async fn session(store: &Store, token_hash: &str, now: Millis) -> Result<Option<(User, Millis)>, StoreError> {
    let sql = format!(
        "SELECT {USER}, sessions.expires_at FROM sessions JOIN users ON users.username = sessions.username \
         WHERE sessions.token_hash = $1 AND sessions.expires_at > $2 AND users.state = 'active'"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(token_hash).bind(now).fetch_optional(store.reader()).await?;
    row.map(|row| Ok((account(&row)?.user, row.try_get("expires_at")?))).transpose()
}

pub async fn end_session(connection: &mut AnyConnection, token_hash: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash).execute(connection).await?;
    Ok(())
}

/// Registers a device, or gives the one of that name a new token.
pub async fn put_device(
    connection: &mut AnyConnection,
    device: &Device,
    token_hash: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO devices (name, kind, hall, token_hash, created_at, state) VALUES ($1, $2, $3, $4, $5, 'active') \
         ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, hall = excluded.hall, \
         token_hash = excluded.token_hash, created_at = excluded.created_at, state = excluded.state",
    )
    .bind(&device.name)
    .bind(&device.kind)
    .bind(&device.hall)
    .bind(token_hash)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The active device with this token.
pub async fn device(store: &Store, token_hash: &str) -> Result<Option<Device>, StoreError> {
    let row = sqlx::query("SELECT name, kind, hall, state FROM devices WHERE token_hash = $1 AND state = 'active'")
        .bind(token_hash)
        .fetch_optional(store.reader())
        .await?;
    row.as_ref().map(device_of).transpose()
}

pub async fn devices(store: &Store) -> Result<Vec<Device>, StoreError> {
    let rows =
        sqlx::query("SELECT name, kind, hall, state FROM devices ORDER BY name").fetch_all(store.reader()).await?;
    rows.iter().map(device_of).collect()
}

/// Shuts a device out; false where there is none of that name.
pub async fn revoke_device(connection: &mut AnyConnection, name: &str) -> Result<bool, StoreError> {
    let done =
        sqlx::query("UPDATE devices SET state = 'revoked' WHERE name = $1").bind(name).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

pub(super) fn account(row: &AnyRow) -> Result<Account, StoreError> {
    let username: String = row.try_get("username")?;
    let roles: String = row.try_get("roles")?;
    let roles: Vec<Role> = serde_json::from_str(&roles).map_err(|e| StoreError::Inconsistent {
        table: "users",
        row: username.clone(),
        what: e.to_string(),
    })?;
    Ok(Account {
        user: User {
            name: row.try_get("name")?,
            roles,
            hall: row.try_get("hall")?,
            department: row.try_get("department")?,
            username,
        },
        password_hash: row.try_get("password_hash")?,
        active: row.try_get::<String, _>("state")? == "active",
    })
}

fn device_of(row: &AnyRow) -> Result<Device, StoreError> {
    Ok(Device {
        name: row.try_get("name")?,
        kind: row.try_get("kind")?,
        hall: row.try_get("hall")?,
        active: row.try_get::<String, _>("state")? == "active",
    })
}
