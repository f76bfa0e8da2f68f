//! One change under way at a time, and never one twice.

use crate::server::{Answer, Call, RequestId, Trouble};

use super::Outside;

/// Guards the calls of one controller that change something. A second press while the first is under way does nothing; a press
/// after an answer was lost asks again under the first key, so the server gives the first answer and changes nothing more.
#[derive(Debug, Default)]
pub struct Flight {
    under_way: Option<UnderWay>,
    lost: Option<(Call, String)>,
}

#[derive(Debug)]
struct UnderWay {
    id: RequestId,
    call: Call,
    key: String,
}

impl Flight {
    pub fn busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// Sends the call unless one is under way.
    pub fn send(&mut self, outside: &mut impl Outside, call: Call) -> bool {
        if self.busy() {
            return false;
        }
        let key = match self.lost.take() {
            Some((lost, key)) if lost == call => key,
            _ => outside.new_key(),
        };
        let id = outside.ask(call.clone(), Some(key.clone()));
        self.under_way = Some(UnderWay { id, call, key });
        true
    }

    /// The call that `id` answers, where it is this flight's; after that the next may go.
    pub fn land(&mut self, id: RequestId, result: &Result<Answer, Trouble>) -> Option<Call> {
        let landed = self.under_way.take_if(|flight| flight.id == id)?;
        if matches!(result, Err(Trouble::Away { .. })) {
            self.lost = Some((landed.call.clone(), landed.key));
        }
        Some(landed.call)
    }

    /// Forgets what is under way: its answer no longer concerns anybody.
    pub fn forget(&mut self) {
        *self = Flight::default();
    }
}
