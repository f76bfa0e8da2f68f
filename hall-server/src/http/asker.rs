//! Who asks: extractors for the bearer token and what stands behind it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use protocol::problem::Code;
use protocol::staff::{Role, User};

use super::problem::ApiError;
use crate::AppState;
use crate::identity::directory::Asker;
use crate::store::identity::Device;

/// The token of `Authorization: Bearer …`, or of the pages' session cookie.
#[derive(Debug, Clone)]
pub struct Bearer(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        match header.and_then(|h| h.split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Bearer(token.trim().to_owned())),
            _ => Err(ApiError::new(Code::Unauthenticated)),
        }
    }
}

/// Anybody with a token in force.
#[derive(Debug, Clone)]
pub struct Known(pub Arc<Asker>);

impl FromRequestParts<AppState> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Bearer(token) = Bearer::from_request_parts(parts, state).await?;
        let asker = state.directory.asker(&token).await?;
        asker.map(Known).ok_or(ApiError::new(Code::Unauthenticated))
    }
}

/// A person who is signed in.
#[derive(Debug, Clone)]
pub struct Staff(Arc<Asker>);

impl Staff {
    pub fn user(&self) -> &User {
        match &*self.0 {
            Asker::Staff(user) => user,
            Asker::Device(_) => unreachable!("a device is refused where staff is asked for"),
        }
    }

    pub fn asker(&self) -> &Arc<Asker> {
        &self.0
    }

    pub fn has(&self, role: Role) -> bool {
        self.user().roles.contains(&role)
    }

    /// Refuses everybody but administrators.
    pub fn administrator(&self) -> Result<&User, ApiError> {
        if self.has(Role::Administrator) {
            return Ok(self.user());
        }
        Err(ApiError::new(Code::Forbidden).detail("只有管理员可以操作", "Only administrators may do this"))
    }

    /// Refuses everybody but clerks of this hall.
    pub fn clerk_of(&self, hall: &str) -> Result<(), ApiError> {
        if self.has(Role::Clerk) && self.user().hall.as_deref() == Some(hall) {
            return Ok(());
        }
        Err(ApiError::new(Code::Forbidden)
            .detail("只有本大厅的窗口人员可以操作", "Only clerks of this hall may do this"))
    }
}

impl FromRequestParts<AppState> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Known(asker) = Known::from_request_parts(parts, state).await?;
        match &*asker {
            Asker::Staff(_) => Ok(Staff(asker)),
            Asker::Device(_) => Err(ApiError::new(Code::Forbidden)),
        }
    }
}

/// A device with a token in force.
#[derive(Debug, Clone)]
pub struct Machine(Arc<Asker>);

impl Machine {
    pub fn device(&self) -> &Device {
        match &*self.0 {
            Asker::Device(device) => device,
            Asker::Staff(_) => unreachable!("a person is refused where a device is asked for"),
        }
    }

    pub fn asker(&self) -> &Arc<Asker> {
        &self.0
    }

    /// Refuses devices of other halls.
    pub fn stands_in(&self, hall: &str) -> Result<(), ApiError> {
        if self.device().hall == hall {
            return Ok(());
        }
        Err(ApiError::new(Code::Forbidden).detail("该设备不属于本大厅", "This device belongs to another hall"))
    }
}

impl FromRequestParts<AppState> for Machine {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Known(asker) = Known::from_request_parts(parts, state).await?;
        match &*asker {
            Asker::Device(_) => Ok(Machine(asker)),
            Asker::Staff(_) => Err(ApiError::new(Code::Forbidden)),
        }
    }
}
