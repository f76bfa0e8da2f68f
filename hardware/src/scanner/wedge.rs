/// What a run of keys was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// Not decided yet.
    Pending,
    /// A scanned code, without its Enter.
    Code(String),
    /// A person's typing: hand it on as if it had not been held.
    Typed(String),
}

/// Tells a scanner that acts as a keyboard from a person at the keys, by speed: a scanner sends a whole code in a few
/// milliseconds a character and ends with Enter.
///
/// Times are milliseconds of any clock that only goes forward.
#[derive(Debug, Clone)]
pub struct KeyboardWedge {
    /// The longest pause between two characters of a scan.
    max_gap: u64,
    /// The shortest code.
    min_len: usize,
    held: String,
    last: Option<u64>,
}

impl Default for KeyboardWedge {
    fn default() -> Self {
        KeyboardWedge { max_gap: 40, min_len: 6, held: String::new(), last: None }
    }
}

impl KeyboardWedge {
    /// `max_gap` in milliseconds, `min_len` in characters.
    pub fn new(max_gap: u64, min_len: usize) -> Self {
        KeyboardWedge { max_gap, min_len, ..KeyboardWedge::default() }
    }

    /// Takes a key; Enter is `'\r'` or `'\n'`.
    pub fn feed(&mut self, key: char, at: u64) -> Keys {
        let in_time = self.last.is_none_or(|last| at.saturating_sub(last) <= self.max_gap);
        self.last = Some(at);
        if in_time && matches!(key, '\r' | '\n') {
            self.last = None;
            let held = std::mem::take(&mut self.held);
            // The second half of CR LF.
            if held.is_empty() && key == '\n' {
                return Keys::Pending;
            }
            return if held.chars().count() >= self.min_len { Keys::Code(held) } else { Keys::Typed(held + "\n") };
        }
        if in_time && self.held.len() < super::MAX_CODE {
            self.held.push(key);
            return Keys::Pending;
        }
        let typed = std::mem::take(&mut self.held);
        self.held.push(key);
        Keys::Typed(typed)
    }

    /// Call now and then while nothing is typed: releases keys that were held for a scan that did not come.
    pub fn idle(&mut self, at: u64) -> Keys {
        match self.last {
            Some(last) if at.saturating_sub(last) > self.max_gap && !self.held.is_empty() => {
                self.last = None;
                Keys::Typed(std::mem::take(&mut self.held))
            }
            _ => Keys::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(wedge: &mut KeyboardWedge, text: &str, start: u64, gap: u64) -> Vec<Keys> {
        text.chars()
            .enumerate()
            .map(|(i, key)| wedge.feed(key, start + i as u64 * gap))
            .filter(|keys| *keys != Keys::Pending)
            .collect()
    }

    #[test]
    fn a_fast_run_with_enter_is_a_code() {
        let mut wedge = KeyboardWedge::default();
        assert_eq!(feed(&mut wedge, "https://h.test/t/AbC\r\n", 1000, 3), [Keys::Code("https://h.test/t/AbC".into())]);
        assert_eq!(feed(&mut wedge, "SECOND-CODE\r", 5000, 3), [Keys::Code("SECOND-CODE".into())]);
    }

    #[test]
    fn a_person_typing_is_given_back_whole_and_in_order() {
        let mut wedge = KeyboardWedge::default();
        let mut typed = String::new();
        for keys in feed(&mut wedge, "spjyxk", 1000, 180) {
            let Keys::Typed(text) = keys else { panic!("typing taken for a scan") };
            typed += &text;
        }
        let Keys::Typed(rest) = wedge.idle(9000) else { panic!("the last key was lost") };
        assert_eq!(typed + &rest, "spjyxk");
    }

    #[test]
    fn a_scan_after_typing_is_still_a_code() {
        let mut wedge = KeyboardWedge::default();
        assert_eq!(wedge.feed('x', 0), Keys::Pending);
        let seen = feed(&mut wedge, "https://h.test/t/1\r", 500, 2);
        assert_eq!(seen, [Keys::Typed("x".into()), Keys::Code("https://h.test/t/1".into())]);
    }
}
