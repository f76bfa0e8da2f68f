//! The colleagues of one's own department, to pick one from.

use protocol::catalogue::Text;
use protocol::staff::Colleague;

use crate::server::{Answer, Call, RequestId, Trouble};

use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Colleagues {
    list: Vec<Colleague>,
    reading: Option<RequestId>,
}

impl Colleagues {
    pub fn list(&self) -> &[Colleague] {
        &self.list
    }

    /// Reads them anew: somebody may have come or gone since.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if self.reading.is_none() {
            self.reading = Some(outside.ask(Call::Colleagues, None));
        }
    }

    /// `Some` where the answer was to this; the trouble where there was one.
    pub fn landed(&mut self, id: RequestId, result: &Result<Answer, Trouble>) -> Option<Result<(), Trouble>> {
        self.reading.take_if(|reading| *reading == id)?;
        match result {
            Ok(Answer::Colleagues(list)) => {
                self.list.clone_from(list);
                Some(Ok(()))
            }
            Ok(_) => Some(Ok(())),
            Err(trouble) => Some(Err(trouble.clone())),
        }
    }
}

/// `朱伟强 · 审查人（market.reviewer2）`: two may have the same name.
pub fn described(colleague: &Colleague) -> Text {
    let roles: Vec<Text> = colleague.roles.iter().map(|role| role.name()).collect();
    let zh: Vec<&str> = roles.iter().map(|role| role.zh.as_str()).collect();
    let en: Vec<&str> = roles.iter().map(|role| role.en.as_str()).collect();
    let (name, username) = (&colleague.name, &colleague.username);
    Text::new(format!("{name} · {}（{username}）", zh.join("、")), format!("{name} · {} ({username})", en.join(", ")))
}
