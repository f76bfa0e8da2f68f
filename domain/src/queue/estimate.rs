//! The wait estimate: work ahead over the windows that will do it, with service times learned from the day.

use protocol::queue::Wait;

/// How many observed services weigh as much as the prior.
const PRIOR_WEIGHT: f64 = 5.0;

/// 80 % of a normal law lie within this many standard deviations.
const LIKELY: f64 = 1.28;

/// Service times of one line, in seconds, shrunk to a prior while few are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceTimes {
    prior: f64,
    count: f64,
    sum: f64,
}

impl ServiceTimes {
    pub fn new(prior_seconds: f64) -> Self {
        ServiceTimes { prior: prior_seconds.max(1.0), count: 0.0, sum: 0.0 }
    }

    /// A finished service. Old ones fade, so that the estimate follows the day.
    pub fn observe(&mut self, seconds: f64) {
        const FADE: f64 = 0.98;
        self.count = self.count * FADE + 1.0;
        self.sum = self.sum * FADE + seconds.clamp(1.0, 4.0 * 3600.0);
    }

    pub fn mean(&self) -> f64 {
        (PRIOR_WEIGHT * self.prior + self.sum) / (PRIOR_WEIGHT + self.count)
    }
}

/// One line's part of the work ahead of a ticket.
#[derive(Debug, Clone, Copy)]
pub(super) struct WorkAhead {
    pub tickets: f64,
    pub mean_seconds: f64,
}

/// The likely range of a wait, in whole minutes; unknown where no window works.
///
/// With every window busy, the wait is about the work ahead, plus the service now under way, over the windows. Its
/// relative spread falls with the root of the number of services it is made of.
pub(super) fn wait(ahead: &[WorkAhead], own_mean: f64, windows: usize, free_windows: usize) -> Wait {
    if windows == 0 {
        return Wait::default();
    }
    let tickets: f64 = ahead.iter().map(|w| w.tickets).sum();
    if tickets < free_windows as f64 {
        return Wait { from_minutes: Some(0), to_minutes: Some(1) };
    }
    let work: f64 = ahead.iter().map(|w| w.tickets * w.mean_seconds).sum::<f64>() + own_mean;
    let mean = work / windows as f64 / 60.0;
    let spread = LIKELY / (tickets + 1.0).sqrt();
    let from = (mean * (1.0 - spread)).max(0.0).floor() as i64;
    let to = (mean * (1.0 + spread)).ceil() as i64;
    Wait { from_minutes: Some(from), to_minutes: Some(to.max(from + 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_of_long_services_moves_the_mean_from_the_prior() {
        let mut times = ServiceTimes::new(300.0);
        assert_eq!(times.mean(), 300.0);
        for _ in 0..200 {
            times.observe(900.0);
        }
        assert!((800.0..900.0).contains(&times.mean()), "{}", times.mean());
    }

    #[test]
    fn a_free_window_means_no_wait_and_no_window_means_no_promise() {
        assert_eq!(wait(&[], 300.0, 0, 0), Wait::default());
        assert_eq!(wait(&[], 300.0, 2, 1), Wait { from_minutes: Some(0), to_minutes: Some(1) });
    }

    #[test]
    fn twice_the_windows_halve_the_wait_and_more_people_narrow_it() {
        let line = |tickets| [WorkAhead { tickets, mean_seconds: 300.0 }];
        let middle = |w: Wait| (w.from_minutes.unwrap() + w.to_minutes.unwrap()) as f64 / 2.0;
        let one = wait(&line(40.0), 300.0, 4, 0);
        let two = wait(&line(40.0), 300.0, 8, 0);
        assert!((middle(one) / middle(two) - 2.0).abs() < 0.1, "{one:?} {two:?}");
        let width = |w: Wait| (w.to_minutes.unwrap() - w.from_minutes.unwrap()) as f64 / middle(w);
        assert!(width(wait(&line(100.0), 300.0, 4, 0)) < width(wait(&line(10.0), 300.0, 4, 0)));
    }
}
