//! Who is signed in.

use protocol::problem::Code;
use protocol::staff::{Role, Session as Issued, SignIn, User};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::flight::Flight;
use super::notice::Notice;
use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Session {
    user: Option<User>,
    /// Signed in before; the sign-in ran out while their work is still on the desk.
    lapsed: Option<User>,
    signing_in: Flight,
    signing_out: Option<RequestId>,
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
pub enum Signed {
    NotMine,
    /// Somebody else than before, or the first.
    In,
    /// The same person again: their work goes on.
    InAgain,
    Out,
    Failed(Notice),
}

impl Session {
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    pub fn is(&self, role: Role) -> bool {
        self.user.as_ref().is_some_and(|user| user.roles.contains(&role))
    }

    pub fn busy(&self) -> bool {
        self.signing_in.busy() || self.signing_out.is_some()
    }

    pub fn sign_in(&mut self, outside: &mut impl Outside, username: &str, password: &str) -> Result<(), Notice> {
        if username.trim().is_empty() || password.is_empty() {
            return Err(Notice::CredentialsNeeded);
        }
        let sign_in = SignIn { username: username.trim().to_owned(), password: password.to_owned() };
        self.signing_in.send(outside, Call::SignIn(sign_in));
        Ok(())
    }

    pub fn sign_out(&mut self, outside: &mut impl Outside) {
        if self.signing_out.is_none() {
            self.signing_out = Some(outside.ask(Call::SignOut, None));
        }
    }

    /// The server no longer knows the sign-in.
    pub fn lapse(&mut self) {
        self.lapsed = self.user.take().or(self.lapsed.take());
    }

    /// Whether the answer says that the sign-in has run out.
    pub fn has_lapsed(result: &Result<Answer, Trouble>) -> bool {
        matches!(result, Err(Trouble::Refused(problem)) if problem.code == Code::Unauthenticated)
    }

    pub fn landed(&mut self, id: RequestId, result: &Result<Answer, Trouble>) -> Signed {
        if self.signing_out == Some(id) {
            // Whatever the server says: at this desk they are out.
            *self = Session::default();
            return Signed::Out;
        }
        if self.signing_in.land(id, result).is_none() {
            return Signed::NotMine;
        }
        match result {
            Ok(Answer::SignedIn(Issued { user, .. })) => {
                let again = self.lapsed.take().is_some_and(|before| before.username == user.username);
                self.user = Some(user.clone());
                if again { Signed::InAgain } else { Signed::In }
            }
            Ok(_) => Signed::Failed(Notice::Unreadable),
            Err(trouble) => Signed::Failed(trouble.clone().into()),
        }
    }
}
