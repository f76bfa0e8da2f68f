//! The display above the window. It speaks to the public, so its words are Chinese whatever language the clerk reads.

use hardware::display::{self, DisplayConfig, DisplayEvent, Screen, WindowDisplay};

use crate::config;
use crate::controllers::outside::Shown;

const COME: &str = "请到本窗口办理";
const PAUSED: &str = "暂停服务";
const READY: &str = "请等候叫号";

/// Starts the display's thread where the desk has a display.
pub(super) fn start(config: &config::Display) -> WindowDisplay {
    display::spawn(DisplayConfig::new(&config.port), |event| match event {
        DisplayEvent::Disconnected(cause) => tracing::warn!(%cause, "window display is away"),
        DisplayEvent::Refused(screen) => tracing::warn!(?screen, "window display refused a screen"),
        DisplayEvent::Connected | DisplayEvent::Shown(_) => tracing::debug!(?event, "window display"),
    })
}

/// What the display shows at this window; nothing while the window is closed.
pub(super) fn screen(shown: &Shown, window: i64) -> Screen {
    let (number, message) = match shown {
        Shown::Ticket(number) => (number.as_str(), COME),
        Shown::Paused => ("", PAUSED),
        Shown::Ready => ("", READY),
        Shown::Closed => return Screen::default(),
    };
    Screen { number: number.to_owned(), window: window.to_string(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_called_number_stands_with_its_window_and_a_closed_window_is_dark() {
        let called = screen(&Shown::Ticket("B001".to_owned()), 3);
        assert_eq!((called.number.as_str(), called.window.as_str()), ("B001", "3"));
        assert_eq!(screen(&Shown::Closed, 3), Screen::default());
    }
}
